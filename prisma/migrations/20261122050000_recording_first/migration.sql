-- What was received is recorded before anything that follows from it (lower is sooner): behind a burst's scoring, facts
-- would be a minute late.
create or replace function ease_receive(
  domains text[], webhook_ids text[], topics text[], event_ids text[], triggered_ats bigint[], received_ats bigint[],
  allow_lists int[], payloads text[], unreadables text[], job_attempts int
) returns table (place int, outcome text) language plpgsql set plan_cache_mode = force_generic_plan as $$
declare
  total int := coalesce(array_length(domains, 1), 0);
  first int := 1;
  last int;
  shop_found int;
  stored int;
begin
  while first <= total loop
    last := first;
    while last < total and domains[last + 1] = domains[first] loop last := last + 1; end loop;

    -- Whoever erases a shop holds this lock alone: a delivery is stored before that, or finds the shop gone.
    perform pg_advisory_xact_lock_shared(hashtextextended('shop ' || domains[first], 0));
    select id into shop_found from shop where domain = domains[first];
    if found then
      perform set_config('ease.shop_id', shop_found::text, true);
      return query
        with came as materialized (
          select * from unnest(
            webhook_ids[first:last], topics[first:last], event_ids[first:last], triggered_ats[first:last],
            received_ats[first:last], allow_lists[first:last], payloads[first:last], unreadables[first:last]
          ) with ordinality
            as came (webhook_id, topic, event_id, triggered_at, received_at, allow_list, payload, unreadable, nth)
        ), new_key as (
          insert into inbox_key (shop_id, webhook_id, received_at)
          select shop_found, came.webhook_id, to_timestamp(came.received_at / 1000.0) from came order by nth
          on conflict do nothing returning inbox_key.webhook_id
        ), kept as (
          insert into inbox_delivery (
            shop_id, received_at, webhook_id, topic, event_id, triggered_at, allow_list, payload, unreadable, recorded_at
          )
          select shop_found, to_timestamp(came.received_at / 1000.0), came.webhook_id, came.topic, came.event_id,
            to_timestamp(came.triggered_at / 1000.0), came.allow_list, came.payload::jsonb, came.unreadable,
            -- Of what cannot be read there is nothing to record.
            case when came.unreadable is not null then to_timestamp(came.received_at / 1000.0) end
          from came join new_key on new_key.webhook_id = came.webhook_id
        )
        select first + came.nth::int - 1, 'stored' from came join new_key on new_key.webhook_id = came.webhook_id;
      get diagnostics stored = row_count;
      if stored > 0 then
        -- A request that waits already covers this delivery too if no worker takes it before the commit, which the lock
        -- sees to: a worker passes over rows that are locked. Ten times cheaper than asking anew.
        perform from graphile_worker._private_jobs
          where key = 'record-inbox:' || shop_found and locked_at is null and run_at <= now()
            and attempts < max_attempts
          for key share skip locked;
        if not found then
          perform graphile_worker.add_job(
            'record-inbox', json_build_object('shopId', shop_found),
            max_attempts => job_attempts, job_key => 'record-inbox:' || shop_found,
            priority => -10
          );
        end if;
      end if;
    else
      return query select generate_series(first, last), 'unknown shop';
    end if;
    first := last + 1;
  end loop;
end
$$;
