-- Up to what age, in days since fulfilment, a parcel of this carrier without a delivery report is more probably on the
-- way than delivered unreported. Null: at any age.
alter table carrier_habit add column reported_within_days double precision;
