import { type Attributes, metrics, type ObservableResult, SpanStatusCode, trace } from "@opentelemetry/api";
import { env } from "~/env.server";

/**
 * Traces and metrics by OpenTelemetry. Only its interface is loaded here; without OTEL_EXPORTER_OTLP_ENDPOINT every call
 * ends in a function that does nothing.
 */
const tracer = trace.getTracer("ease");

/** Starts sending, where there is an address to send to. To be called before anything is measured. */
export async function startTelemetry(service: "ease-web" | "ease-worker"): Promise<() => Promise<void>> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return async () => undefined;
  const { sendTelemetry } = await import("./telemetry-sdk.server");
  return sendTelemetry(service, env.OTEL_EXPORTER_OTLP_ENDPOINT);
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

/** Made at the first use: a meter taken before the sending starts would stay silent for good. */
const makeInstruments = () => {
  const meter = metrics.getMeter("ease");
  return {
    received: meter.createCounter("ease.deliveries.received", { description: "Webhooks acknowledged, by outcome" }),
    recorded: meter.createCounter("ease.deliveries.recorded", { description: "Webhooks recorded into facts" }),
    lag: meter.createHistogram("ease.deliveries.lag", { unit: "s", description: "From Shopify's sending to recording" }),
    jobs: meter.createHistogram("ease.jobs.duration", { unit: "s", description: "By job and outcome" }),
    jobFailures: meter.createCounter("ease.jobs.failures", { description: "Attempts that failed, by job" }),
    adminCalls: meter.createCounter("ease.admin.calls", { description: "Calls to the Admin API, by outcome" }),
    throttled: meter.createCounter("ease.admin.throttled", { description: "Calls the Admin API asked to wait" }),
  };
};
let instruments: ReturnType<typeof makeInstruments> | undefined;

/** What is counted and timed. */
export function measured(): ReturnType<typeof makeInstruments> {
  return (instruments ??= makeInstruments());
}

/** Has a number looked up each time metrics are sent, for instance how many jobs wait. */
export function observe(name: string, description: string, look: () => Promise<number>): void {
  metrics
    .getMeter("ease")
    .createObservableGauge(name, { description })
    .addCallback(async (result: ObservableResult) => result.observe(await look()));
}
