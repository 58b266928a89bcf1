import { metrics } from "@opentelemetry/api";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

const METRICS_EVERY_MS = 15_000;

/** Sends traces and metrics to an OTLP endpoint; loaded only where there is one. What it returns sends the rest. */
export function sendTelemetry(service: string, endpoint: string): () => Promise<void> {
  const resource = resourceFromAttributes({ "service.name": service, "service.instance.id": String(process.pid) });
  const at = (path: string) => ({ url: new URL(path, endpoint.endsWith("/") ? endpoint : `${endpoint}/`).href });
  const traces = new NodeTracerProvider({
    resource,
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter(at("v1/traces")))],
  });
  traces.register();
  const reader = new PeriodicExportingMetricReader({
    exporter: new OTLPMetricExporter(at("v1/metrics")),
    exportIntervalMillis: METRICS_EVERY_MS,
  });
  const meters = new MeterProvider({ resource, readers: [reader] });
  metrics.setGlobalMeterProvider(meters);
  return async () => {
    await Promise.allSettled([traces.shutdown(), meters.shutdown()]);
  };
}
