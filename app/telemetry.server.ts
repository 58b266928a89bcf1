import { type Attributes, metrics, SpanStatusCode, trace } from "@opentelemetry/api";
import { env } from "~/env.server";

/**
 * Traces and metrics by OpenTelemetry. Only its interface is loaded here; without OTEL_EXPORTER_OTLP_ENDPOINT every call
 * ends in a function that does nothing.
 */
const tracer = trace.getTracer("ease");

const METRICS_EVERY_MS = 15_000;

/**
 * Starts sending, where there is an address to send to. To be called before anything is measured; what it returns sends
 * the rest.
 */
export async function startTelemetry(service: "ease-web" | "ease-worker"): Promise<() => Promise<void>> {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint) return async () => undefined;
  // Loaded here and not above, so that a process that sends nothing does not carry them.
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }, { resourceFromAttributes }, sdkMetrics, sdkTrace] =
    await Promise.all([
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/exporter-metrics-otlp-http"),
      import("@opentelemetry/resources"),
      import("@opentelemetry/sdk-metrics"),
      import("@opentelemetry/sdk-trace-node"),
    ]);
  const resource = resourceFromAttributes({ "service.name": service, "service.instance.id": String(process.pid) });
  const to = (path: string) => ({ url: new URL(path, endpoint.endsWith("/") ? endpoint : `${endpoint}/`).href });
  const traces = new sdkTrace.NodeTracerProvider({
    resource,
    spanProcessors: [new sdkTrace.BatchSpanProcessor(new OTLPTraceExporter(to("v1/traces")))],
  });
  traces.register();
  const reader = new sdkMetrics.PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(to("v1/metrics")),
    exportIntervalMillis: METRICS_EVERY_MS,
  });
  const meters = new sdkMetrics.MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(meters);
  return async () => {
    await Promise.allSettled([traces.shutdown(), meters.shutdown()]);
  };
}

/** Does a piece of work inside a span. Attributes are names and numbers, never a shopper's; an error gives its type. */
export async function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : typeof error });
      throw error;
    } finally {
      span.end();
    }
  });
}

const makeInstruments = () => {
  const meter = metrics.getMeter("ease");
  return {
    received: meter.createCounter("ease.deliveries.received", { description: "Webhooks answered, by topic and outcome" }),
    recorded: meter.createCounter("ease.deliveries.recorded", { description: "Webhooks recorded into facts" }),
    lag: meter.createHistogram("ease.deliveries.lag", { unit: "s", description: "From Shopify's sending to recording" }),
    jobs: meter.createHistogram("ease.jobs.duration", { unit: "s", description: "By job and outcome" }),
    jobFailures: meter.createCounter("ease.jobs.failures", { description: "Attempts that failed, by job" }),
    adminCalls: meter.createCounter("ease.admin.calls", { description: "Calls to the Admin API, by outcome" }),
  };
};
let instruments: ReturnType<typeof makeInstruments> | undefined;

/** What is counted and timed. Made at the first use: what is made before the sending starts would stay silent for good. */
export function measured(): ReturnType<typeof makeInstruments> {
  return (instruments ??= makeInstruments());
}

/** Has numbers looked up each time metrics are sent, for instance how many jobs wait; never when none are. */
export function observe(name: string, description: string, look: () => Promise<number>): void {
  metrics
    .getMeter("ease")
    .createObservableGauge(name, { description })
    .addCallback(async (result) => result.observe(await look()));
}
