import { parseArgs } from "node:util";

import { backfillBenchmark } from "./backfill";
import { deliveryBenchmark } from "./delivery";
import { ingestBenchmark } from "./ingest";

/** What a benchmark is given on the command line; each uses what its `flags` name. */
export interface BenchFlags {
  data?: string;
  json?: boolean;
  orders?: string;
  seconds?: string;
  concurrency?: string;
}

export interface Benchmark {
  what: string;
  flags: string;
  /** Prints its table; throws when it could not measure. Returns what `--json` prints as the last line. */
  run(flags: BenchFlags): Promise<object>;
}

const BENCHMARKS: Record<string, Benchmark> = {
  backfill: backfillBenchmark,
  delivery: deliveryBenchmark,
  ingest: ingestBenchmark,
};

/** Runs one benchmark, or lists them; returns the exit code. */
async function bench(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: "string" },
      json: { type: "boolean" },
      orders: { type: "string" },
      seconds: { type: "string" },
      concurrency: { type: "string" },
    },
  });
  const [name, ...rest] = positionals;
  if (name === undefined) {
    console.log("npm run bench -- NAME [flags]      --json: one JSON object as the last line\n");
    for (const [known, { what, flags }] of Object.entries(BENCHMARKS)) {
      console.log(`  ${known.padEnd(12)} ${what}\n  ${" ".repeat(12)} ${flags}`);
    }
    return 0;
  }
  const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  if (benchmark === undefined || rest.length > 0) {
    const wrong = benchmark === undefined ? `There is no benchmark "${name}".` : `One at a time, without "${rest[0]}".`;
    console.error(`${wrong} There are: ${Object.keys(BENCHMARKS).join(", ")}.`);
    return 1;
  }
  const result = await benchmark.run(values);
  if (values.json) console.log(JSON.stringify(result));
  return 0;
}

try {
  process.exitCode = await bench(process.argv.slice(2));
} catch (error) {
  console.error(`Could not measure: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
