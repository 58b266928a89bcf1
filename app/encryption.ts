import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** Keys by their id. The first one encrypts; the others still read what was written under them. */
export interface Keyring {
  readonly current: string;
  readonly keys: ReadonlyMap<string, Buffer>;
}

const MARK = "enc1";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/**
 * Reads `ENCRYPTION_KEY`: keys of 32 bytes in base64, comma-separated, the one that encrypts first. A key may have a name
 * in front of it ("2026:…"); one without is known by a fingerprint. Throws when any of it is no key.
 */
export function readKeyring(text: string): Keyring {
  const keys = new Map<string, Buffer>();
  for (const entry of text.split(",").map((one) => one.trim()).filter(Boolean)) {
    const colon = entry.indexOf(":");
    const key = Buffer.from(entry.slice(colon + 1), "base64");
    if (key.length !== KEY_BYTES) throw new Error(`a key has ${key.length} bytes; ${KEY_BYTES} in base64 are wanted`);
    const id = colon < 0 ? createHash("sha256").update(key).digest("hex").slice(0, 8) : entry.slice(0, colon);
    if (!KEY_ID.test(id)) throw new Error("a key's name is up to 32 letters, digits, - and _");
    if (keys.has(id)) throw new Error(`two keys are called ${id}`);
    keys.set(id, key);
  }
  const [current] = keys.keys();
  if (current === undefined) throw new Error("there is no key");
  return { current, keys };
}

/**
 * Encrypts with AES-256-GCM under the ring's first key. `place` says where the result will be kept, and is needed to read
 * it: a ciphertext moved to another row, or another column, cannot be read there.
 */
export function encrypt(ring: Keyring, plain: string, place: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", ring.keys.get(ring.current)!, nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([nonce, cipher.update(plain, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `${MARK}:${ring.current}:${sealed.toString("base64url")}`;
}

/** Reads what `encrypt` wrote for the same place. Throws when the key is not in the ring, or it was altered or moved. */
export function decrypt(ring: Keyring, text: string, place: string): string {
  const [mark, id = "", body = ""] = text.split(":");
  const key = ring.keys.get(id);
  if (mark !== MARK) throw new Error("not encrypted");
  if (!key) throw new Error(`encrypted under a key that ENCRYPTION_KEY does not have: ${id}`);
  const sealed = Buffer.from(body, "base64url");
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES))
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(-TAG_BYTES));
  return decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, "utf8") + decipher.final("utf8");
}

/** How a text is kept: under the ring's first key, under an older one, or as it was before anything was encrypted. */
export function keptAs(ring: Keyring, text: string): "current" | "older-key" | "plain" {
  if (!text.startsWith(`${MARK}:`)) return "plain";
  return text.startsWith(`${MARK}:${ring.current}:`) ? "current" : "older-key";
}
