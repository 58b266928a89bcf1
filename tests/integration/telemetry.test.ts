import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { metrics, trace } from "@opentelemetry/api";
import { afterAll, describe, expect, it } from "vitest";
import { env } from "~/env.server";
import { inSpan, measured, observe, startTelemetry } from "~/telemetry.server";

afterAll(() => {
  env.OTEL_EXPORTER_OTLP_ENDPOINT = undefined;
  trace.disable();
  metrics.disable();
});

describe("telemetry", () => {
  it("does nothing where it is not asked for, and lets work and errors through as they are", async () => {
    const stop = await startTelemetry("ease-worker");
    expect(trace.getTracerProvider().getTracer("x").startSpan("y").isRecording()).toBe(false);
    await expect(inSpan("work", {}, async () => 7)).resolves.toBe(7);
    const failure = new Error("no");
    await expect(inSpan("work", {}, () => Promise.reject(failure))).rejects.toBe(failure);
    await stop();
  });

  it("sends spans and numbers to the address it is given, with an error's type and not its words", async () => {
    const came: { path: string; body: string }[] = [];
    const collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        came.push({ path: request.url ?? "", body: Buffer.concat(chunks).toString() });
        response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
      });
    });
    await new Promise<void>((settle) => collector.listen(0, "127.0.0.1", settle));
    env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const stop = await startTelemetry("ease-worker");
    observe("ease.test.waiting", "for the test", async () => 41);
    await inSpan("job renew-scores", { "ease.shop_id": 3 }, async () => undefined);
    await inSpan("job that fails", {}, () => Promise.reject(new TypeError("rosa@example.com"))).catch(() => undefined);
    measured().jobFailures.add(1, { job: "renew-scores" });
    await stop();
    collector.close();

    expect(new Set(came.map((one) => one.path))).toEqual(new Set(["/v1/traces", "/v1/metrics"]));
    const sent = came.map((one) => one.body).join();
    for (const word of ["ease-worker", "job renew-scores", "TypeError", "ease.test.waiting"]) expect(sent).toContain(word);
    expect(sent).not.toContain("rosa");
  });
});
