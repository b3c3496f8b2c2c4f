import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readLines, writeLines } from "../../../../bin/backup-file.ts";
import { dumpStore } from "../../../../store/backup/dump.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { fillStore } from "../../../helpers/full-store.ts";
import { keepAll } from "../../../helpers/keep-all.ts";
import { makePlace, newsgather, type Place } from "../../../helpers/newsgather.ts";

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
  const { code } = await command.ended(60_000);
  return { code, out: command.out(), err: command.err() };
}

/** Documents of a file, without header, footer and facts of the store itself. */
async function documents(file: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of readLines(file)) {
    if (line.startsWith('{"c":') && !line.startsWith('{"c":"meta"')) lines.push(line);
  }
  return lines.toSorted();
}

test("a drill: from another database into the embedded one, out again, and not over what is there", async () => {
  const store = await database.open("drill");
  await fillStore(store, 40);
  await keepAll(store);
  const file = join(place.folder, "drill.jsonl.gz");
  await writeLines(file, dumpStore(store, { now: new Date(), progress() {} }));

  const restored = await run("restore", file, "--json");
  expect(restored).toMatchObject({ code: 0 });
  expect(JSON.parse(restored.out)).toMatchObject({ counts: { articles: 40, links: 80 } });

  const again = join(place.folder, "again.jsonl.gz");
  const backup = await run("backup", "-o", again);
  expect(backup).toMatchObject({ code: 0, out: expect.stringMatching(/articles\s+│\s+40/) });
  expect(await documents(again)).toEqual(await documents(file));

  const twice = await run("restore", file);
  expect(twice).toMatchObject({ code: 2, err: expect.stringContaining("already holds sources") });
});

test("a broken file is named, and nothing is started for it", async () => {
  const store = await database.open("cut");
  const file = join(place.folder, "whole.jsonl.gz");
  await writeLines(file, dumpStore(store, { now: new Date(), progress() {} }));
  expect(await run("restore", "--check", file)).toMatchObject({ code: 0 });
  const cut = join(place.folder, "cut.jsonl.gz");
  await writeFile(cut, (await readFile(file)).subarray(0, -20));
  expect(await run("restore", cut)).toMatchObject({
    code: 1,
    err: expect.stringMatching(/cut\.jsonl\.gz can't be read: unexpected end of file/),
  });
  const none = await run("restore", join(place.folder, "none.gz"));
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining("ENOENT") });
});
