import { access, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { syncConfigured } from "../../../bin/roles/sync-sources.ts";
import { getArticles } from "../../../store/articles.ts";
import { getSource } from "../../../store/sources.ts";
import type { Store } from "../../../store/store.ts";
import { readVersions } from "../../../store/versions.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import { commandsOn } from "../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { testFolder } from "../../helpers/folder.ts";
import { codeIn, join as enroll, FORM, login, openGated } from "../../helpers/gated.ts";
import { BROWSER } from "../../helpers/portal.ts";

let database: TestDatabase;
let store: Store;
let dir: string;
let cli: ReturnType<typeof commandsOn>;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("sources");
  dir = await mkdtemp(join(tmpdir(), "sources-"));
  cli = commandsOn(store, { NEWSGATHER_SOURCES_DIR: dir });
});
afterAll(async () => {
  await database.close();
  await rm(dir, { recursive: true });
});

const cities = "id: cities\nname: Cities\nfeeds: [https://cities.example/rss]\n";
const towns = "id: towns\nname: Towns\nfeeds: [https://towns.example/rss]\nlanguage: de\n";
const file = (id: string) => join(dir, `${id}.yaml`);
const versionsOf = async (id: string) =>
  (await readVersions(store, id)).map(({ version, source, reason }) => {
    return [version, source?.name ?? null, reason];
  });

test("files are planned, applied, rolled back and retired from the command line; who and why is kept", async () => {
  await writeFile(file("cities"), `${cities}paused: { reason: being rebuilt }\n`);
  await writeFile(file("towns"), towns);
  const plan = await cli(["sources", "plan"]);
  expect(plan).toMatchObject({ code: 3 });
  expect(plan.out).toMatch(/\+ add cities.*\+ add towns.*0 to retire, 0 to change, 2 to add/s);
  expect(await getSource(store, "cities")).toBeNull();
  expect(await cli(["sources", "apply", "--reason", "the first ones"])).toMatchObject({ code: 0 });
  expect(await getSource(store, "cities")).toMatchObject({ version: 1, nextDueAt: null });
  expect(await cli(["sources", "plan"])).toMatchObject({ code: 0 });

  // What a file no longer says no longer holds.
  await writeFile(file("cities"), cities.replace("Cities", "All cities"));
  await rm(file("towns"));
  const second = await cli(["sources", "apply"]);
  expect(second).toMatchObject({ code: 1 });
  expect(second.out).toMatch(/- retire towns.*~ change cities.*name: Cities -> All cities/s);
  expect(await getSource(store, "cities")).toMatchObject({ version: 1 });
  expect(await cli(["sources", "apply", "--retire"])).toMatchObject({ code: 0 });
  const changed = await getSource(store, "cities");
  expect(changed).toMatchObject({ version: 2, name: "All cities", active: true });
  expect(changed?.paused).toBeUndefined();
  expect(changed?.nextDueAt).toBeInstanceOf(Date);
  expect(await getSource(store, "towns")).toMatchObject({ version: 2, active: false });

  const back = ["sources", "rollback", "towns", "1", "--reason", "it was a mistake"];
  expect(await cli(back)).toMatchObject({ code: 0 });
  expect(await readFile(file("towns"), "utf8")).toBe(towns);
  expect(await versionsOf("towns")).toEqual([
    [3, "Towns", "it was a mistake"],
    [2, null, null],
    [1, "Towns", "the first ones"],
  ]);
  await writeFile(file("cities"), cities.replace("Cities", "Not applied"));
  const refused = await cli(["sources", "rollback", "cities", "1", "--reason", "as it was"]);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("isn't applied") });
  await writeFile(file("cities"), "id: cities\nname: 1\n");
  const wrong = await cli(["sources", "apply"]);
  expect(wrong).toMatchObject({ code: 2, err: expect.stringMatching(/cities.yaml:2:7: name/) });
});

test("a source that has delivered is retired, and deleted only with its articles", async () => {
  await writeFile(file("cities"), cities);
  await cli(["sources", "apply"]);
  await publishArticles(store, "created", [
    makeArticle("a-1"),
    makeArticle("b-1", { sourceId: "towns" }),
  ]);
  const gone = ["sources", "delete", "cities", "--reason", "they asked for it"];
  const refused = await cli(gone);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("--purge") });
  await access(file("cities"));
  expect(await cli([...gone, "--purge"])).toMatchObject({ code: 0 });
  await expect(access(file("cities"))).rejects.toThrow("ENOENT");
  expect(await getSource(store, "cities")).toBeNull();
  const left = await getArticles(store, ["a-1", "b-1"]);
  expect(left.get("a-1")).toMatchObject({ status: "retracted", title: "", text: "" });
  expect(left.get("b-1")).toMatchObject({ status: "published", title: "Title of b-1" });
  expect(await store.collections.tombstones.findOne({ _id: "a-1" })).toMatchObject({
    kind: "purged",
    reason: "they asked for it",
  });
});

test("a start that finds most files gone retires nothing, one that finds some gone does", async () => {
  const many = await database.open("withheld");
  const folder = await testFolder();
  const ids = ["s1", "s2", "s3", "s4", "s5"];
  const text = (id: string) => `id: ${id}\nname: S\nfeeds: [https://${id}.example/rss]\n`;
  for (const id of ids) await writeFile(join(folder, `${id}.yaml`), text(id));
  await syncConfigured(many, { sourcesDir: folder });
  for (const id of ids.slice(1)) await rm(join(folder, `${id}.yaml`));
  const empty = await syncConfigured(many, { sourcesDir: folder });
  expect(empty).toMatchObject({ retire: [], withheld: ["s2", "s3", "s4", "s5"] });
  for (const id of ids.slice(2)) await writeFile(join(folder, `${id}.yaml`), text(id));
  const some = await syncConfigured(many, { sourcesDir: folder });
  expect(some).toMatchObject({ retire: [{ id: "s2" }], withheld: [] });
  expect(await getSource(many, "s2")).toMatchObject({ active: false });
});

test("the pages show the plan and the versions, apply and roll back with a reason, and show no secret", async () => {
  const secret = "headers: { X-Key: s3cret }\n";
  await writeFile(file("towns"), `${towns.replace("Towns", "Small towns")}${secret}`);
  await enroll(store, "oscar", "operator");
  const app = await openGated(store, { sourcesDir: dir });
  const { cookie } = await login(app, "oscar");
  const page = async (url: string) =>
    (await app.inject({ url, headers: { ...BROWSER, cookie } })).body;
  const send = async (url: string, fields: Record<string, string>, from: string) => {
    const code = codeIn(await page(from));
    const payload = new URLSearchParams({ _csrf: code, ...fields }).toString();
    return app.inject({ method: "POST", url, headers: { ...FORM, cookie }, payload });
  };
  expect(await page("/admin/plan")).toMatch(/<del>Towns<\/del> → <ins>Small towns<\/ins>/);
  const applied = await send("/admin/plan", { reason: "their new name" }, "/admin/plan");
  expect(applied.statusCode).toBe(303);
  const versions = "/admin/versions?source=towns";
  const back = { id: "towns", version: "1", reason: "not yet" };
  expect((await send("/admin/versions/rollback", back, versions)).statusCode).toBe(303);
  const shown = await page(versions);
  expect(shown).toMatch(/user oscar.*not yet.*their new name/s);
  const accept = { accept: "application/json", cookie };
  const twin = await app.inject({ url: versions, headers: accept });
  expect(twin.json()).toMatchObject({
    versions: [{ version: 5, reason: "not yet" }, {}, {}, {}, {}],
  });
  expect(shown + twin.body).not.toContain("s3cret");
  expect(await readFile(file("towns"), "utf8")).toBe(towns);

  const csv = { text: "name,feeds\nVillages,https://v.example/rss\n", format: "csv", doing: "do" };
  expect((await send("/admin/exchange/import", csv, "/admin/exchange")).body).toContain("villages");
  expect(await readFile(file("villages"), "utf8")).toContain("https://v.example/rss");
  const slower = { where: "id=t*", set: "pace.delay=9s", reason: "they asked" };
  const shows = await send("/admin/exchange/edit", slower, "/admin/exchange");
  expect(shows.body).toMatch(/<del>2s<\/del> → <ins>9s<\/ins>.*Nothing was changed yet/s);
  expect(await getSource(store, "towns")).toMatchObject({ pace: { delay: 2000 } });
  await send("/admin/exchange/edit", { ...slower, doing: "do" }, "/admin/exchange");
  expect(await getSource(store, "towns")).toMatchObject({ pace: { delay: 9000 } });
  expect(await versionsOf("towns")).toContainEqual([6, "Towns", "they asked"]);
  const held = { id: "towns", reason: "their break", until: "2999-01-01T06:00" };
  await send("/admin/sources/hold", held, "/admin/sources");
  expect((await getSource(store, "towns"))?.nextDueAt).toEqual(new Date("2999-01-01T06:00Z"));
  const now = { id: "villages", reason: "they have news" };
  await cli(["sources", "apply"]);
  expect((await send("/admin/schedule/run", now, "/admin/schedule")).statusCode).toBe(303);
  expect(await page("/admin/schedule")).toMatch(
    /Villages.*every 30m.*<path d="M.*Towns.*paused: their break/s,
  );
  const planned = await cli(["schedule"]);
  expect(planned.out).toMatch(/villages.*every 30m.*towns.*paused: their break, until 2999/s);
  const opml = await app.inject({ url: "/admin/sources.opml", headers: { cookie } });
  expect(opml.body).toMatch(/xmlUrl="https:\/\/towns.example\/rss"/);
  await app.close();
});
