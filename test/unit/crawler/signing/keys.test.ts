import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  createSigningKey,
  directoryOf,
  followSigningKeys,
  KEY_LIFETIME_MS,
  publishedKeysAt,
  ROTATION_OVERLAP_MS,
  readSigningKeys,
  revokeSigningKeys,
  rotateSigningKeys,
  signingKeyAt,
  thumbprintOf,
  writeSigningKeys,
} from "../../../../crawler/signing/keys.ts";
import { DAY_MS } from "../../../../lib/time.ts";

const NOW = new Date("2026-11-28T12:00:00Z");
const later = (ms: number) => new Date(NOW.getTime() + ms);
const idAt = (keys: Parameters<typeof signingKeyAt>[0], at: Date) => signingKeyAt(keys, at)?.id;

test("a key is named by its thumbprint (RFC 8037, A.3)", () => {
  expect(thumbprintOf("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")).toBe(
    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
  );
});

test("no key has a name that a command line would read as an option", () => {
  const ids = Array.from({ length: 500 }, () => createSigningKey(NOW).id);
  expect(ids.filter((id) => id.startsWith("-"))).toEqual([]);
});

test("a new key signs at once, for its lifetime", () => {
  const key = createSigningKey(NOW);
  expect(idAt([key], NOW)).toBe(key.id);
  expect(idAt([key], later(KEY_LIFETIME_MS - 1))).toBe(key.id);
  expect(signingKeyAt([key], later(KEY_LIFETIME_MS))).toBeNull();
});

describe("a rotation", () => {
  const before = [createSigningKey(later(-DAY_MS))];
  const after = rotateSigningKeys(before, NOW);
  const [old, next] = after.map(({ id }) => id);

  test("publishes the new key before it signs", () => {
    expect(publishedKeysAt(after, NOW).map(({ id }) => id)).toEqual([old, next]);
    expect(idAt(after, NOW)).toBe(old);
    expect(idAt(after, later(ROTATION_OVERLAP_MS - 1))).toBe(old);
    expect(idAt(after, later(ROTATION_OVERLAP_MS))).toBe(next);
  });

  test("publishes the old key as long again after it last signed", () => {
    const ids = (at: Date) => publishedKeysAt(after, at).map(({ id }) => id);
    expect(ids(later(2 * ROTATION_OVERLAP_MS - 1))).toEqual([old, next]);
    expect(ids(later(2 * ROTATION_OVERLAP_MS))).toEqual([next]);
  });

  test("again before the new key signs puts another in its place", () => {
    const twice = rotateSigningKeys(after, later(1000));
    expect(twice).toHaveLength(3);
    expect(idAt(twice, later(1000 + ROTATION_OVERLAP_MS))).toBe(twice[2]?.id);
  });

  test("lets the new key sign at once where no other can", () => {
    const expired = later(KEY_LIFETIME_MS);
    const [, key] = rotateSigningKeys([createSigningKey(NOW)], expired);
    expect(idAt(key ? [key] : [], expired)).toBe(key?.id);
  });
});

test("a key that became known is gone at once, and another signs", () => {
  const key = createSigningKey(NOW);
  const [next, ...others] = revokeSigningKeys([key], [key.id], NOW);
  expect(others).toEqual([]);
  expect(next?.id).not.toBe(key.id);
  expect(idAt(next ? [next] : [], NOW)).toBe(next?.id);
});

test("the directory has no private half", () => {
  const key = createSigningKey(NOW);
  const text = directoryOf([key]);
  expect(text).not.toContain(key.d);
  expect(JSON.parse(text)).toEqual({
    keys: [
      {
        kty: "OKP",
        crv: "Ed25519",
        kid: key.id,
        x: key.x,
        use: "sig",
        nbf: NOW.getTime() / 1000,
        exp: later(KEY_LIFETIME_MS + ROTATION_OVERLAP_MS).getTime() / 1000,
      },
    ],
  });
});

describe("the file of keys", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "keys-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = () => join(folder, "signing-keys.json");

  test("is read as it was written, by its owner alone", async () => {
    const keys = [createSigningKey(NOW)];
    await writeSigningKeys(file(), keys);
    expect(readSigningKeys(file())).toEqual(keys);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
  });

  test("that isn't there has no keys", () => {
    expect(readSigningKeys(file())).toEqual([]);
  });

  test.each([
    ["{", /signing-keys\.json isn't JSON/],
    ['{"keys":[{"id":"short"}]}', /signing-keys\.json: keys\.0\.id: /],
  ])("that is broken says where: %s", (text, message) => {
    writeFileSync(file(), text);
    expect(() => readSigningKeys(file())).toThrow(message);
  });

  test("may be rotated while requests are signed", async () => {
    let now = NOW;
    const current = followSigningKeys(file(), { now: () => now, onError: () => {} });
    expect(current()).toBeNull();
    const [key] = [createSigningKey(NOW)];
    await writeSigningKeys(file(), [key]);
    now = later(60_000);
    expect(current()?.id).toBe(key.id);
  });

  test("that can't be read any more leaves the keys as they were", async () => {
    let now = NOW;
    const onError = vi.fn<(error: unknown) => void>();
    const key = createSigningKey(NOW);
    await writeSigningKeys(file(), [key]);
    const current = followSigningKeys(file(), { now: () => now, onError });
    expect(current()?.id).toBe(key.id);
    writeFileSync(file(), "{");
    utimesSync(file(), later(1000), later(1000));
    now = later(60_000);
    expect(current()?.id).toBe(key.id);
    expect(onError).toHaveBeenCalledOnce();
  });
});
