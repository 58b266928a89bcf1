-- Every order of the population stands in exactly one on-time state: due and kept, due and broken, open, without a
-- promise, arrival unknown, cancelled. Before, some orders were counted twice and cancelled ones nowhere.
-- `as_of` is the moment promises were compared with, so that a list can show the very orders a day counts.
alter table delivery_day
  add column cancelled integer not null default 0,
  add column as_of timestamptz(3) not null default now();
alter table delivery_day alter column cancelled drop default, alter column as_of drop default;

-- Every day is counted anew with the next renewal. Row-level security binds the owner too, and no shop is set here.
alter table delivery_day no force row level security;
alter table dirty_day no force row level security;
insert into dirty_day (shop_id, day) select shop_id, day from delivery_day on conflict do nothing;
alter table delivery_day force row level security;
alter table dirty_day force row level security;
