-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "shop" (
    "id" SERIAL NOT NULL,
    "domain" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "scopes" TEXT[],
    "installed_at" TIMESTAMPTZ(3) NOT NULL,
    "uninstalled_at" TIMESTAMPTZ(3),

    CONSTRAINT "shop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "shop" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "isOnline" BOOLEAN NOT NULL DEFAULT false,
    "scope" TEXT,
    "expires" TIMESTAMPTZ(3),
    "accessToken" TEXT NOT NULL,
    "userId" BIGINT,
    "firstName" TEXT,
    "lastName" TEXT,
    "email" TEXT,
    "accountOwner" BOOLEAN NOT NULL DEFAULT false,
    "locale" TEXT,
    "collaborator" BOOLEAN DEFAULT false,
    "emailVerified" BOOLEAN DEFAULT false,
    "refreshToken" TEXT,
    "refreshTokenExpires" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inbox_delivery" (
    "shop_id" INTEGER NOT NULL,
    "webhook_id" TEXT NOT NULL,
    "topic" TEXT NOT NULL,
    "event_id" TEXT,
    "triggered_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3),
    "payload" JSONB NOT NULL,

    CONSTRAINT "inbox_delivery_pkey" PRIMARY KEY ("shop_id","webhook_id")
);

-- CreateTable
CREATE TABLE "backfill" (
    "shop_id" INTEGER NOT NULL,
    "id" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "orders_operation" TEXT,
    "scans_operation" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "orders_found" INTEGER,
    "orders_recorded" INTEGER NOT NULL DEFAULT 0,
    "orders_scored" INTEGER NOT NULL DEFAULT 0,
    "lines_set_aside" INTEGER NOT NULL DEFAULT 0,
    "limited_to" TEXT,
    "error_code" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "backfill_pkey" PRIMARY KEY ("shop_id","id")
);

-- CreateTable
CREATE TABLE "set_aside_line" (
    "shop_id" INTEGER NOT NULL,
    "backfill_id" INTEGER NOT NULL,
    "operation" TEXT NOT NULL,
    "line_number" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "set_aside_line_pkey" PRIMARY KEY ("shop_id","backfill_id","operation","line_number")
);

-- CreateTable
CREATE TABLE "order_event" (
    "shop_id" INTEGER NOT NULL,
    "order_id" BIGINT NOT NULL,
    "event_key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "happened_at" TIMESTAMPTZ(3) NOT NULL,
    "known_at" TIMESTAMPTZ(3) NOT NULL,
    "assumed" BOOLEAN NOT NULL,
    "source" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "order_event_pkey" PRIMARY KEY ("shop_id","order_id","event_key")
);

-- CreateTable
CREATE TABLE "order_fact" (
    "shop_id" INTEGER NOT NULL,
    "order_id" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "placed_at" TIMESTAMPTZ(3) NOT NULL,
    "day" DATE NOT NULL,
    "source_name" TEXT,
    "left_out" TEXT,
    "customer_id" BIGINT,
    "checkout_token" TEXT,
    "total_minor" BIGINT NOT NULL,
    "subtotal_minor" BIGINT NOT NULL,
    "shipping_minor" BIGINT NOT NULL,
    "refunded_minor" BIGINT NOT NULL,
    "presentment_currency" TEXT NOT NULL,
    "country" TEXT,
    "province" TEXT,
    "method" TEXT,
    "vendor" TEXT,
    "location" TEXT,
    "items" INTEGER NOT NULL,
    "items_removed" INTEGER NOT NULL,
    "promised_at" TIMESTAMPTZ(3),
    "promise_source" TEXT,
    "hold_reason" TEXT,
    "cancelled_at" TIMESTAMPTZ(3),
    "cancel_reason" TEXT,
    "first_refunded_at" TIMESTAMPTZ(3),
    "returned_at" TIMESTAMPTZ(3),
    "return_reason" TEXT,
    "shipments" INTEGER NOT NULL,
    "first_fulfilled_at" TIMESTAMPTZ(3),
    "last_scan_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "delivery_state" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "order_fact_pkey" PRIMARY KEY ("shop_id","order_id")
);

-- CreateTable
CREATE TABLE "shipment_fact" (
    "shop_id" INTEGER NOT NULL,
    "order_id" BIGINT NOT NULL,
    "shipment_id" BIGINT NOT NULL,
    "carrier" TEXT,
    "quantity" INTEGER NOT NULL,
    "fulfilled_at" TIMESTAMPTZ(3) NOT NULL,
    "handed_over_at" TIMESTAMPTZ(3),
    "last_scan_at" TIMESTAMPTZ(3),
    "last_status" TEXT,
    "scans" INTEGER NOT NULL,
    "failed_attempts" INTEGER NOT NULL,
    "delays" INTEGER NOT NULL,
    "failures" INTEGER NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),
    "cancelled_at" TIMESTAMPTZ(3),

    CONSTRAINT "shipment_fact_pkey" PRIMARY KEY ("shop_id","order_id","shipment_id")
);

-- CreateTable
CREATE TABLE "carrier_habit" (
    "shop_id" INTEGER NOT NULL,
    "carrier" TEXT NOT NULL,
    "parcels" INTEGER NOT NULL,
    "scanned" INTEGER NOT NULL,
    "delivery_reported" INTEGER NOT NULL,
    "silence_median_hours" DOUBLE PRECISION,
    "silence_q95_hours" DOUBLE PRECISION,

    CONSTRAINT "carrier_habit_pkey" PRIMARY KEY ("shop_id","carrier")
);

-- CreateTable
CREATE TABLE "usual_time" (
    "shop_id" INTEGER NOT NULL,
    "method" TEXT NOT NULL,
    "region" TEXT NOT NULL,
    "parcels" INTEGER NOT NULL,
    "median_days" DOUBLE PRECISION NOT NULL,
    "q80_days" DOUBLE PRECISION NOT NULL,
    "q95_days" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "usual_time_pkey" PRIMARY KEY ("shop_id","method","region")
);

-- CreateTable
CREATE TABLE "delivery_score" (
    "shop_id" INTEGER NOT NULL,
    "order_id" BIGINT NOT NULL,
    "day" DATE NOT NULL,
    "version" TEXT NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "score" REAL NOT NULL,
    "reasons" JSONB NOT NULL,

    CONSTRAINT "delivery_score_pkey" PRIMARY KEY ("shop_id","order_id")
);

-- CreateTable
CREATE TABLE "dirty_day" (
    "shop_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,

    CONSTRAINT "dirty_day_pkey" PRIMARY KEY ("shop_id","day")
);

-- CreateTable
CREATE TABLE "delivery_day" (
    "shop_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "orders" INTEGER NOT NULL,
    "scored" INTEGER NOT NULL,
    "score_sum" DOUBLE PRECISION NOT NULL,
    "score_squares" DOUBLE PRECISION NOT NULL,
    "promises_due" INTEGER NOT NULL,
    "promises_kept" INTEGER NOT NULL,
    "promises_open" INTEGER NOT NULL,
    "without_promise" INTEGER NOT NULL,
    "arrival_unknown" INTEGER NOT NULL,
    "left_out" JSONB NOT NULL,
    "reasons" JSONB NOT NULL,

    CONSTRAINT "delivery_day_pkey" PRIMARY KEY ("shop_id","day")
);

-- CreateTable
CREATE TABLE "method_promise" (
    "shop_id" INTEGER NOT NULL,
    "method" TEXT NOT NULL,
    "days" INTEGER NOT NULL,

    CONSTRAINT "method_promise_pkey" PRIMARY KEY ("shop_id","method")
);

-- CreateIndex
CREATE UNIQUE INDEX "shop_domain_key" ON "shop"("domain");

-- CreateIndex
CREATE INDEX "session_shop_idx" ON "session"("shop");

-- CreateIndex
CREATE INDEX "inbox_delivery_shop_id_received_at_idx" ON "inbox_delivery"("shop_id", "received_at");

-- CreateIndex
CREATE INDEX "order_fact_shop_id_day_idx" ON "order_fact"("shop_id", "day");

-- CreateIndex
CREATE INDEX "order_fact_shop_id_placed_at_order_id_idx" ON "order_fact"("shop_id", "placed_at" DESC, "order_id" DESC);

-- CreateIndex
CREATE INDEX "delivery_score_shop_id_score_order_id_idx" ON "delivery_score"("shop_id", "score", "order_id");

-- CreateIndex
CREATE INDEX "delivery_score_shop_id_day_idx" ON "delivery_score"("shop_id", "day");


-- Tenant isolation. Every table that carries shop_id shows a session only the rows of the shop it has set, and
-- nothing when none is set. Forced, so that it binds the tables' owner too. A later migration calls this for its new tables.
create function ease_isolate(tenant_table regclass) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format(
    'create policy tenant on %s using (shop_id = nullif(current_setting(''ease.shop_id'', true), '''')::int) '
    'with check (shop_id = nullif(current_setting(''ease.shop_id'', true), '''')::int)',
    tenant_table
  );
end
$$;

do $$ begin
  perform ease_isolate(name) from unnest(array[
    'inbox_delivery', 'backfill', 'set_aside_line', 'order_event', 'order_fact', 'shipment_fact', 'carrier_habit',
    'usual_time', 'delivery_score', 'dirty_day', 'delivery_day', 'method_promise'
  ]::regclass[]) as name;
end $$;
