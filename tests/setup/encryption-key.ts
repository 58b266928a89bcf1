import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The key of a database on this machine, made with it and kept beside it. */
export function keptEncryptionKey(dataDir: string): string {
  const file = join(dataDir, "encryption-key");
  try {
    return readFileSync(file, "utf8");
  } catch {
    mkdirSync(dataDir, { recursive: true });
    const key = `local:${randomBytes(32).toString("base64")}`;
    writeFileSync(file, key, { mode: 0o600 });
    return key;
  }
}
