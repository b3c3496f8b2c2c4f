import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dumpStore } from "../../../archive/backup/dump.ts";
import { checkBackup, readLines, writeLines } from "../../../archive/backup/file.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { fillStore } from "../../helpers/full-store.ts";
import { keepAll } from "../../helpers/keep-all.ts";
import { makePlace, newsgather, type Place } from "../../helpers/newsgather.ts";

const checkPart = (part: string) => checkBackup(readLines(part));

let database: TestDatabase;
let place: Place;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  place = await makePlace();
});
afterAll(async () => {
  await place.clear();
  await database.close();
});

async function run(...args: string[]) {
  const command = newsgather(args, place);
  const { code } = await command.ended();
  return { code, out: command.out(), err: command.err() };
}

/** Documents of a file as they are restored, without header, footer and facts of the store itself. */
async function documents(file: string): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>();
  for await (const line of readLines(file)) {
    if (!line.startsWith('{"c":') || line.startsWith('{"c":"meta"')) continue;
    const { c, d } = JSON.parse(line) as { c: string; d: { _id: unknown } };
    // Of one that stands in the file again the last one counts.
    found.set(`${c} ${JSON.stringify(d._id)}`, d);
  }
  return found;
}

type Ended = Awaited<ReturnType<typeof run>>;

describe("a backup of another database is restored into the embedded one", () => {
  let file: string;
  let again: string;
  let restored: Ended;
  let backedUp: Ended;
  let restoredTwice: Ended;
  beforeAll(async () => {
    const store = await database.open("drill");
    await fillStore(store, 40);
    await keepAll(store);
    // No article shows these: a restore would apply them, and change articles.
    await store.collections.corrections.deleteMany({});
    file = join(place.folder, "drill.jsonl.gz");
    await writeLines(file, dumpStore(store, { now: new Date(), progress() {} }), checkPart);
    restored = await run("restore", file, "--json");
    again = join(place.folder, "again.jsonl.gz");
    backedUp = await run("backup", "-o", again);
    restoredTwice = await run("restore", file);
  });

  test("A restore counts what it restored", () => {
    expect(restored).toMatchObject({ code: 0 });
    expect(JSON.parse(restored.out)).toMatchObject({ counts: { articles: 40, links: 80 } });
  });

  test("A backup shows what it saved", () => {
    expect(backedUp).toMatchObject({
      code: 0,
      out: expect.stringMatching(/articles\s+│\s+40/),
    });
  });

  test("A backup of the restored database has the same documents", async () => {
    expect(await documents(again)).toEqual(await documents(file));
  });

  test("A backup isn't restored into a database that holds sources", () => {
    expect(restoredTwice).toMatchObject({
      code: 2,
      err: expect.stringContaining("already holds sources"),
    });
  });
});

describe("a backup file is checked before anything is started", () => {
  let file: string;
  beforeAll(async () => {
    const store = await database.open("cut");
    file = join(place.folder, "whole.jsonl.gz");
    await writeLines(file, dumpStore(store, { now: new Date(), progress() {} }), checkPart);
  });

  test("A whole file passes the check", async () => {
    expect(await run("restore", "--check", file)).toMatchObject({ code: 0 });
  });

  test("A file that was cut off is refused by name", async () => {
    const cut = join(place.folder, "cut.jsonl.gz");
    await writeFile(cut, (await readFile(file)).subarray(0, -20));
    expect(await run("restore", cut)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/cut\.jsonl\.gz can't be read: unexpected end of file/),
    });
  });

  test("A file that isn't there is refused", async () => {
    const none = await run("restore", join(place.folder, "none.gz"));
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining("ENOENT") });
  });
});
