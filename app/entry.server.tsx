import { PassThrough } from "node:stream";
import { createReadableStreamFromReadable, type EntryContext } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";
import { log } from "~/log.server";
import { addDocumentResponseHeaders } from "~/shopify.server";

// What app/web.ts runs the process with.
export { closeDatabase } from "~/db.server";
export { closeFront } from "~/front.server";
export { openWeb } from "~/open-web.server";
export { startTelemetry } from "~/telemetry.server";

/** An error of a loader or an action, in words that may be written down. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (!request.signal.aborted) log.error({ err: error }, "page failed");
}

/** Longest time a page may take to render, in milliseconds; Remix gives up on its data shortly before. */
const RENDER_LIMIT = 6_000;

export const streamTimeout = RENDER_LIMIT - 1_000;

/** Renders a page to a stream, with the headers that let only this shop's admin frame it. */
export default function respond(request: Request, status: number, headers: Headers, context: EntryContext) {
  addDocumentResponseHeaders(request, headers);
  const wholePage = isbot(request.headers.get("user-agent") ?? "");

  return new Promise<Response>((resolve, reject) => {
    let answer = status;
    let started = false;
    const send = () => {
      started = true;
      const body = new PassThrough();
      headers.set("Content-Type", "text/html; charset=utf-8");
      resolve(new Response(createReadableStreamFromReadable(body), { headers, status: answer }));
      pipe(body);
    };
    const { pipe, abort } = renderToPipeableStream(<RemixServer context={context} url={request.url} />, {
      onShellReady: () => {
        if (!wholePage) send();
      },
      onAllReady: () => {
        if (wholePage) send();
      },
      onShellError: reject,
      onError(error) {
        answer = 500;
        // Errors before the first byte reject the promise and are logged by Remix.
        if (started) log.error({ err: error }, "page broke off");
      },
    });
    setTimeout(abort, RENDER_LIMIT).unref();
  });
}
