import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DIRECTORY_PATH, DIRECTORY_TYPE } from "../../../../../crawler/signing/directory.ts";
import {
  createSigningKey,
  directoryOf,
  KEY_LIFETIME_MS,
  openSigningKey,
  rotateSigningKeys,
  type StoredSigningKey,
  writeSigningKeys,
} from "../../../../../crawler/signing/keys.ts";
import { signDirectory } from "../../../../../crawler/signing/sign.ts";
import { ReleaseStack } from "../../../../../lib/async.ts";
import { DAY_MS, HOUR_MS } from "../../../../../lib/time.ts";
import { commandsOn } from "../../../../helpers/commands-here.ts";
import { startTestDatabase } from "../../../../helpers/database.ts";

const stack = new ReleaseStack();
const now = Date.now();
const current = createSigningKey(new Date(now));
const expired = createSigningKey(new Date(now - KEY_LIFETIME_MS - DAY_MS));
let run: ReturnType<typeof commandsOn>;
let keysFile: string;
let authority: string;
/** What the portal publishes, and how far its clock is from ours, ms. */
let published: StoredSigningKey[] = [];
let skew = 0;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), "signing-check-"));
  stack.add("folder", async () => rmSync(folder, { recursive: true }));
  const [key, cert] = ["key.pem", "cert.pem"].map((name) => join(folder, name)) as [string, string];
  const subject = ["-subj", "/CN=localhost", "-days", "2", "-nodes"];
  const kind = ["req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", cert];
  execFileSync("openssl", [...kind, ...subject], { stdio: "ignore" });
  const files = { key: readFileSync(key), cert: readFileSync(cert) };
  const portal = createServer(files, ({ url }, response) => {
    if (url !== DIRECTORY_PATH) return response.writeHead(404).end();
    const at = new Date(Date.now() + skew);
    const body = directoryOf(published);
    const proof = signDirectory({ authority, body }, published.map(openSigningKey), at);
    const headers = { ...proof, "content-type": DIRECTORY_TYPE, date: at.toUTCString() };
    return response.writeHead(200, headers).end(body);
  });
  await new Promise<void>((listening) => portal.listen(0, "127.0.0.1", () => listening()));
  stack.add("portal", async () => void portal.close());
  authority = `localhost:${(portal.address() as AddressInfo).port}`;
  const database = await startTestDatabase(import.meta.filename);
  stack.add("database", () => database.close());
  keysFile = join(folder, "keys.json");
  run = commandsOn(await database.open("signing"), {
    NEWSGATHER_DATA_DIR: folder,
    NEWSGATHER_SIGNING_KEYS: keysFile,
    NEWSGATHER_BASE_URL: `https://${authority}`,
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
  });
});
afterAll(() => stack.close());

/** What both commands say of the signing keys, and how `health` ends. */
async function report(keys: StoredSigningKey[], portal: StoredSigningKey[], ahead = 0) {
  await writeSigningKeys(keysFile, keys);
  published = portal;
  skew = ahead;
  const doctor = await run(["doctor", "--json"]);
  const findings = JSON.parse(doctor.out) as { name: string; level: string; found: string }[];
  const health = await run(["health"]);
  return { doctor: findings.find(({ name }) => name === "signing"), health };
}

describe("doctor and health", () => {
  test("find nothing wrong with a key that the portal publishes", async () => {
    const { doctor, health } = await report([current], [current]);
    expect(doctor).toMatchObject({ level: "ok" });
    expect(health).toMatchObject({ code: 0, err: "" });
  });

  test.each<[string, StoredSigningKey[], StoredSigningKey[], number, RegExp]>([
    ["an expired key", [expired], [expired], 0, /not signed: the last key expired on/],
    [
      "a key that was rotated while the portal publishes the old one",
      rotateSigningKeys([expired], new Date(now)),
      [current],
      0,
      /doesn't list .* which signs here/,
    ],
    ["a clock that is behind", [current], [current], HOUR_MS, /the clock here is \d+ s behind/],
    ["a clock that is ahead", [current], [current], -HOUR_MS, /the clock here is \d+ s ahead of/],
  ])("report %s", async (_, keys, portal, ahead, words) => {
    const { doctor, health } = await report(keys, portal, ahead);
    expect(doctor).toMatchObject({ level: "fail", found: expect.stringMatching(words) });
    expect(health).toMatchObject({ code: 3, err: expect.stringMatching(words) });
  });

  test("say which key follows after a rotation", async () => {
    const rotated = rotateSigningKeys([current], new Date(now));
    const { doctor, health } = await report(rotated, rotated);
    expect(doctor).toMatchObject({ level: "ok" });
    expect(doctor?.found).toContain(`${rotated[1]?.id} takes over on`);
    expect(health.code).toBe(0);
  });
});
