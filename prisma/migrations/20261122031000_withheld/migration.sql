-- Parts of a shop that Shopify withholds (a scope not granted, protected customer data not approved), and since when.
create table withheld_part (
  shop_id int not null,
  part text not null check (part in ('orders', 'customers', 'returns', 'fulfillment_orders', 'abandoned_checkouts')),
  -- 'scope': not granted; 'refused': Shopify said no although the scope is there.
  cause text not null check (cause in ('scope', 'refused')),
  since timestamptz(3) not null,
  primary key (shop_id, part)
);
select ease_isolate('withheld_part');

-- What comparing with Shopify found, by UTC day.
create table reconciliation_day (
  shop_id int not null,
  kind text not null check (kind in ('orders', 'parcels', 'abandoned_checkouts')),
  day date not null,
  runs int not null,
  compared int not null,
  repaired int not null,
  primary key (shop_id, kind, day)
);
select ease_isolate('reconciliation_day');
