import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { findOwner } from "../../../bin/services/claim.ts";
import { type Command, makePlace, newsgather, type Place } from "../../helpers/newsgather.ts";

let place: Place;
beforeAll(async () => {
  place = await makePlace();
});
afterAll(() => place?.clear());

const run = (...args: string[]) => newsgather(args, place);
const owner = () => findOwner(place.dataDir);

/** Resolves once a condition holds. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  await vi.waitUntil(condition, { timeout: 60_000, interval: 50 });
}

async function endOf(command: Command): Promise<string> {
  const { code } = await command.ended();
  return `${code} ${command.err()}`;
}

test("a command starts the database by itself, and it stops after the last one", async () => {
  const command = run("users", "list");
  expect(await endOf(command)).toBe("0 ");
  expect(command.out()).toContain("no users");
  await until(async () => owner() === null);
});

test("commands at the same time share one database, and the first to end leaves it to the other", async () => {
  const slow = run("backup", "-o", join(place.folder, "backup.gz"));
  const others = [run("status"), run("keys", "list"), run("users", "list")];
  await until(async () => Boolean(owner()?.mongoUrl));
  const pid = owner()?.pid;
  const ends = await Promise.all([...others, slow].map(endOf));
  expect(ends.map((end) => end.slice(0, 2))).toEqual(["0 ", "0 ", "0 ", "0 "]);
  expect([pid, undefined]).toContain(owner()?.pid);
});

test("what a command says when nothing runs here leads on", async () => {
  const command = run("status");
  expect(await endOf(command)).toBe("0 ");
  expect(command.out()).toContain("Newsgather isn't running here. `newsgather start` starts it.");
});

test("run ends at once where there is no source, and says how to add one", async () => {
  expect(await endOf(run("run", "--all", "--once"))).toMatch(
    /^2 there is no source in .*sources: `newsgather discover URL --write` adds a source/,
  );
});

test("run of an unknown source starts nothing, and names the nearest", async () => {
  const yaml = "id: leeds\nname: Leeds\nfeeds: [https://leeds.example/rss]\n";
  await writeFile(join(place.sourcesDir, "leeds.yaml"), yaml);
  const end = await endOf(run("run", "leds", "--once"));
  expect(end).toMatch(/^2 there is no source "leds"; did you mean leeds\?/);
  expect(await readdir(place.dataDir)).not.toContain("redis");
});
