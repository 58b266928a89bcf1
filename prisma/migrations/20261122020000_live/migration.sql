-- Live ingestion: tables that grow with time are partitioned by it, so that what is old is dropped and not deleted.

-- The tables that are partitioned, and by how much time a partition holds.
create function ease_partition_step(parent text) returns interval language sql immutable as $$
  select case parent when 'order_event' then interval '1 month' when 'inbox_delivery' then interval '1 day' end
$$;

-- Makes the partition that holds a moment, if it is not there. The app's role owns no table, so this runs as the owner.
create function ease_ensure_partition(parent text, at timestamptz) returns void
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  step interval := ease_partition_step(parent);
  starts timestamp;
  child text;
begin
  if step is null then raise exception 'not a partitioned table: %', parent; end if;
  starts := date_trunc(case when step = interval '1 month' then 'month' else 'day' end, at at time zone 'UTC');
  child := parent || to_char(starts, case when step = interval '1 month' then '_YYYY_MM' else '_YYYY_MM_DD' end);
  if to_regclass(child) is not null then return; end if;
  perform pg_advisory_xact_lock(hashtext(child));
  if to_regclass(child) is not null then return; end if;
  execute format('create table %I partition of %I for values from (%L) to (%L)',
    child, parent, starts::text || '+00', (starts + step)::text || '+00');
  perform ease_isolate(child::regclass);
end
$$;

-- Drops the partitions that ended before a moment, and returns their names.
create function ease_drop_partitions(parent text, before timestamptz) returns setof text
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  step interval := ease_partition_step(parent);
  child text;
begin
  if step is null then raise exception 'not a partitioned table: %', parent; end if;
  for child in
    select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = parent::regclass
      and to_timestamp(right(c.relname, case when step = interval '1 month' then 7 else 10 end)
        || case when step = interval '1 month' then '_01' else '' end || ' +00', 'YYYY_MM_DD TZH') + step <= before
    order by c.relname
  loop
    execute format('drop table %I', child);
    return next child;
  end loop;
end
$$;

-- Order events: the same happening has the same key and the same time, from whatever source it is heard.
alter table order_event rename to order_event_whole;
alter table order_event_whole rename constraint order_event_pkey to order_event_whole_pkey;
create table order_event (
  shop_id int not null,
  order_id bigint not null,
  event_key text not null,
  kind text not null,
  happened_at timestamptz(3) not null,
  known_at timestamptz(3) not null,
  assumed boolean not null,
  source text not null,
  value jsonb not null,
  primary key (shop_id, order_id, event_key, happened_at)
) partition by range (happened_at);
select ease_ensure_partition('order_event', month)
from (select distinct date_trunc('month', happened_at at time zone 'UTC') at time zone 'UTC' as month from order_event_whole) as months;
insert into order_event select * from order_event_whole;
drop table order_event_whole;

-- The inbox. What keeps duplicates out is a small table of its own, since a partitioned one cannot.
alter table inbox_delivery rename to inbox_delivery_whole;
alter table inbox_delivery_whole rename constraint inbox_delivery_pkey to inbox_delivery_whole_pkey;
create table inbox_delivery (
  shop_id int not null,
  received_at timestamptz(3) not null,
  webhook_id text not null,
  topic text not null,
  event_id text,
  triggered_at timestamptz(3),
  -- Version of the topic's list of kept fields; null payload and a reason when the body could not be read.
  allow_list int not null default 1,
  payload jsonb,
  unreadable text,
  recorded_at timestamptz(3),
  primary key (shop_id, received_at, webhook_id)
) partition by range (received_at);
create index inbox_delivery_waiting on inbox_delivery (shop_id, received_at) where recorded_at is null;
create table inbox_key (
  shop_id int not null,
  webhook_id text not null,
  received_at timestamptz(3) not null,
  primary key (shop_id, webhook_id)
);
select ease_ensure_partition('inbox_delivery', day)
from (select distinct date_trunc('day', received_at at time zone 'UTC') at time zone 'UTC' as day from inbox_delivery_whole) as days;
insert into inbox_delivery (shop_id, received_at, webhook_id, topic, event_id, triggered_at, payload, recorded_at)
  select shop_id, received_at, webhook_id, topic, event_id, triggered_at, payload, recorded_at from inbox_delivery_whole;
insert into inbox_key select shop_id, webhook_id, received_at from inbox_delivery_whole;
drop table inbox_delivery_whole;

-- What was deleted or redacted stays so, whatever is heard of it later.
create table tombstone (
  shop_id int not null,
  kind text not null check (kind in ('order_deleted', 'order_redacted', 'customer_redacted', 'checkout_deleted')),
  id text not null,
  at timestamptz(3) not null,
  primary key (shop_id, kind, id)
);

-- A customer merged into another: facts carry the one that remains.
create table customer_alias (
  shop_id int not null,
  customer_id bigint not null,
  remains_id bigint not null,
  primary key (shop_id, customer_id)
);

-- One row a checkout token: what webhooks and abandoned checkouts say of it. Amounts in minor units of the shop's currency.
create table checkout_fact (
  shop_id int not null,
  token text not null,
  checkout_id bigint,
  started_at timestamptz(3) not null,
  updated_at timestamptz(3) not null,
  completed_at timestamptz(3),
  -- Shopify counts it as abandoned: contact given, not completed.
  abandoned boolean not null default false,
  country text,
  province text,
  currency text,
  total_minor bigint,
  source text not null,
  primary key (shop_id, token)
);

-- How far each comparison with Shopify has come.
create table reconciliation (
  shop_id int not null,
  kind text not null check (kind in ('orders', 'parcels', 'abandoned_checkouts')),
  -- Everything updated before this has been compared.
  compared_until timestamptz(3) not null,
  ran_at timestamptz(3) not null,
  compared int not null,
  repaired int not null,
  -- Why the last run stopped early ("access_denied", "throttled", …); null when it came to its end.
  trouble text,
  primary key (shop_id, kind)
);

-- What the merchant decides for the whole shop. A shop without a row has the defaults.
create table shop_setting (
  shop_id int not null primary key,
  inbox_days int not null default 30 check (inbox_days between 1 and 90),
  history_months int not null default 25 check (history_months between 3 and 60),
  staff_contact_days int not null default 90 check (staff_contact_days between 1 and 365)
);

-- Where staff are reached, encrypted; nothing else holds it.
create table staff_contact (
  shop_id int not null,
  staff_id bigint not null,
  contact bytea not null,
  kept_until timestamptz(3) not null,
  primary key (shop_id, staff_id)
);

-- A shopper asked, through Shopify, what is known of them. What Ease holds is answered by order number.
create table data_request (
  shop_id int not null,
  webhook_id text not null,
  customer_id bigint,
  asked_at timestamptz(3) not null,
  answered_at timestamptz(3),
  answer jsonb,
  primary key (shop_id, webhook_id)
);

create index order_fact_customer on order_fact (shop_id, customer_id) where customer_id is not null;
create index order_fact_name on order_fact (shop_id, ltrim(lower(name), '#') text_pattern_ops);

do $$ begin
  perform ease_isolate(name) from unnest(array[
    'order_event', 'inbox_delivery', 'inbox_key', 'tombstone', 'customer_alias', 'checkout_fact', 'reconciliation',
    'shop_setting', 'staff_contact', 'data_request'
  ]::regclass[]) as name;
end $$;
