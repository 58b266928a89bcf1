import { createRequestHandler } from "@remix-run/express";
import { installGlobals, type ServerBuild } from "@remix-run/node";
import compression from "compression";
import express from "express";
import { env } from "~/env.server";
import type * as entry from "./entry.server";

/** How long requests under way may take once the process is asked to stop. */
const STOP_WITHIN_MS = 10_000;

// The build of the pages holds the front too, so that the process has one pool and one of every module.
const buildFile = new URL("./server/index.js", import.meta.url).href;
const build = (await import(buildFile)) as ServerBuild & { entry: { module: typeof entry } };
const { openWeb, closeFront, closeDatabase, startTelemetry } = build.entry.module;
const sendTheRest = await startTelemetry("ease-web");
installGlobals({ nativeFetch: true });

const pages = express();
pages.disable("x-powered-by");
pages.use(compression());
// A file's name says what is in it, so a browser need never ask for it again.
pages.use(build.publicPath, express.static(build.assetsBuildDirectory, { immutable: true, maxAge: "1y" }));
pages.all("*", createRequestHandler({ build, mode: env.NODE_ENV }));

const server = openWeb(pages);
server.listen(env.PORT, env.HOST, () => process.stdout.write("web: ready\n"));

let stopping = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    void closeFront(server, STOP_WITHIN_MS)
      .then(sendTheRest)
      .then(closeDatabase)
      .then(() => process.exit(0));
  });
}
