import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Store } from "../../../store/store.ts";
import { commandsOn } from "../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";

let folder: string;
let database: TestDatabase;
let store: Store;
let run: ReturnType<typeof commandsOn>;
const file = () => join(folder, "keys.json");
const idsIn = () =>
  JSON.parse(readFileSync(file(), "utf8")).keys.map(({ id }: { id: string }) => id);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "signing-"));
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("keys");
  run = commandsOn(store, {
    NEWSGATHER_DATA_DIR: folder,
    NEWSGATHER_SIGNING_KEYS: file(),
    NEWSGATHER_BASE_URL: "https://news.example",
  });
});
beforeEach(async () => {
  rmSync(file(), { force: true });
  await store.collections.audit.deleteMany({});
});
afterAll(async () => {
  await database?.close();
  rmSync(folder, { recursive: true });
});

test("a key is created, rotated and revoked, and the audit log says so", async () => {
  expect(await run(["signing-keys", "create", "--reason", "first"])).toMatchObject({ code: 0 });
  const [first] = idsIn();
  const twice = await run(["signing-keys", "create"]);
  expect(twice).toMatchObject({ code: 2, err: expect.stringContaining("rotate") });
  expect(await run(["signing-keys", "rotate"])).toMatchObject({ code: 0 });
  const listed = JSON.parse((await run(["signing-keys", "list", "--json"])).out);
  expect(listed.agent).toBe("https://news.example");
  expect(listed.keys.map(({ state }: { state: string }) => state)).toEqual(["signs", "next"]);
  const unknown = await run(["signing-keys", "revoke", `${first.slice(0, -1)}x`]);
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining(first) });
  expect(await run(["signing-keys", "revoke", first])).toMatchObject({ code: 0 });
  expect(idsIn()).not.toContain(first);
  const audit = await store.collections.audit.find().sort({ at: 1 }).toArray();
  expect(audit.map(({ action }) => action)).toEqual([
    "signing-key.create",
    "signing-key.rotate",
    "signing-key.revoke",
  ]);
});

test("no command shows a private half", async () => {
  await run(["signing-keys", "create"]);
  const { out, err } = await run(["signing-keys", "list", "--json"]);
  const { keys } = JSON.parse(readFileSync(file(), "utf8"));
  for (const { d } of keys) expect(out + err).not.toContain(d);
});

test("a file that is broken is left alone", async () => {
  writeFileSync(file(), "{");
  const end = await run(["signing-keys", "create"]);
  expect(end).toMatchObject({ code: 2, err: expect.stringContaining("isn't JSON") });
  expect(readFileSync(file(), "utf8")).toBe("{");
});
