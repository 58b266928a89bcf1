import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { decrypt, encrypt, keptAs, readKeyring } from "./encryption";

const one = randomBytes(32).toString("base64");
const two = randomBytes(32).toString("base64");

describe("a keyring", () => {
  it("encrypts under its first key and reads under each", () => {
    const before = readKeyring(`a:${one}`);
    const after = readKeyring(`b:${two}, a:${one}`);
    const old = encrypt(before, "shpat_secret", "here");
    expect([before.current, after.current]).toEqual(["a", "b"]);
    expect(decrypt(after, old, "here")).toBe("shpat_secret");
    expect(decrypt(after, encrypt(after, "shpat_secret", "here"), "here")).toBe("shpat_secret");
    expect(keptAs(after, old)).toBe("older-key");
    expect(keptAs(before, old)).toBe("current");
  });

  it("knows a key without a name by its fingerprint, alone and in a list", () => {
    const alone = encrypt(readKeyring(one), "x", "here");
    expect(decrypt(readKeyring(`new:${two},${one}`), alone, "here")).toBe("x");
  });

  it.each([
    ["nothing", ""],
    ["a short key", randomBytes(16).toString("base64")],
    ["a long key", randomBytes(33).toString("base64")],
    ["words", "please use a long password here"],
    ["a name that is none", `a b:${one}`],
    ["one name twice", `a:${one},a:${two}`],
  ])("is not made of %s", (_, text) => {
    expect(() => readKeyring(text)).toThrow();
  });
});

describe("what is encrypted", () => {
  const ring = readKeyring(`a:${one}`);

  it("does not show what it is, and never looks the same twice", () => {
    const texts = Array.from({ length: 20 }, () => encrypt(ring, "shpat_secret", "here"));
    expect(new Set(texts).size).toBe(20);
    expect(texts.join()).not.toContain("secret");
  });

  it("is read whole, whatever it is", () => {
    for (const text of ["", "a", "ä€😀", "x".repeat(10_000)]) expect(decrypt(ring, encrypt(ring, text, "p"), "p")).toBe(text);
  });

  it("cannot be read in another place, nor after a bit changed, nor cut short, nor by another key", () => {
    const text = encrypt(ring, "shpat_secret", "row 1");
    const at = text.length - 5;
    const bent = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    expect(() => decrypt(ring, text, "row 2")).toThrow();
    expect(() => decrypt(ring, bent, "row 1")).toThrow();
    expect(() => decrypt(ring, text.slice(0, -8), "row 1")).toThrow();
    expect(() => decrypt(ring, "enc1:a:AAAA", "row 1")).toThrow();
    expect(() => decrypt(readKeyring(`a:${two}`), text, "row 1")).toThrow();
    expect(() => decrypt(readKeyring(`b:${two}`), text, "row 1")).toThrow("ENCRYPTION_KEY does not have: a");
    expect(() => decrypt(ring, "shpat_plain", "row 1")).toThrow("not encrypted");
    expect(keptAs(ring, "shpat_plain")).toBe("plain");
  });
});
