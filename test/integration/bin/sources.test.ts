import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asOnlyWriter } from "../../../bin/only-writer.ts";
import type { Article } from "../../../model/articles/article.ts";
import { newCoverage } from "../../../model/sources/coverage.ts";
import type { SourceRecord } from "../../../model/sources/source.ts";
import { syncConfigured } from "../../../sources/files/apply.ts";
import { getArticles } from "../../../store/articles/articles.ts";
import { getSource } from "../../../store/sources/sources.ts";
import { readVersions } from "../../../store/sources/versions.ts";
import { makeArticle, publishArticles } from "../../helpers/articles.ts";
import type { CliEnd } from "../../helpers/cli.ts";
import { commandsOn } from "../../helpers/commands-here.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { hasDuckDb } from "../../helpers/duckdb.ts";
import { join as enroll, openGated } from "../../helpers/gated.ts";
import { type Session, startSession } from "../../helpers/session.ts";
import { moved, openSite, type TestSite } from "../../helpers/site.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
});
afterAll(() => database.close());

const cities = "id: cities\nname: Cities\nfeeds: [https://cities.example/rss]\n";
const towns = "id: towns\nname: Towns\nfeeds: [https://towns.example/rss]\nlanguage: de\n";

const WHY = ["--reason", "a test"];

/** A database, a folder of sources' files, and commands on both. */
async function openSources(name: string) {
  const store = await database.open(name);
  const folder = await mkdtemp(join(tmpdir(), "sources-"));
  const file = (id: string) => join(folder, `${id}.yaml`);
  return {
    store,
    folder,
    cli: commandsOn(store, { NEWSGATHER_SOURCES_DIR: folder }),
    file,
    write: (id: string, text: string) => writeFile(file(id), text),
    read: (id: string) => readFile(file(id), "utf8"),
    source: (id: string) => getSource(store, id),
    /** Version, name and reason of each version, newest first. */
    versionsOf: async (id: string) =>
      (await readVersions(store, id)).map(({ version, source, reason }) => {
        return [version, source?.name ?? null, reason];
      }),
    close: () => rm(folder, { recursive: true }),
  };
}
type Sources = Awaited<ReturnType<typeof openSources>>;

describe("sources are changed by commands", () => {
  let sources: Sources;
  /** How each command ended. */
  const ended: Record<string, CliEnd> = {};
  /** Records of sources at each step. */
  const at: Record<string, SourceRecord | null> = {};
  let townsFile: string;
  beforeAll(async () => {
    sources = await openSources("commands");
    const { cli, write, source } = sources;
    await write("cities", `${cities}paused: { reason: being rebuilt }\n`);
    await write("towns", towns);
    ended["plan"] = await cli(["sources", "plan"]);
    at["cities when planned"] = await source("cities");
    ended["apply"] = await cli(["sources", "apply", "--reason", "the first ones"]);
    at["cities when applied"] = await source("cities");
    ended["plan again"] = await cli(["sources", "plan"]);

    await write("cities", cities.replace("Cities", "All cities"));
    await rm(sources.file("towns"));
    ended["apply a removal"] = await cli(["sources", "apply", ...WHY]);
    at["cities when refused"] = await source("cities");
    ended["retire"] = await cli(["sources", "apply", "--retire", ...WHY]);
    at["cities when changed"] = await source("cities");
    at["towns when retired"] = await source("towns");

    const back = ["sources", "rollback", "towns", "1", "--reason", "it was a mistake"];
    ended["rollback"] = await cli(back);
    townsFile = await sources.read("towns");
    await write("cities", cities.replace("Cities", "Not applied"));
    const late = ["sources", "rollback", "cities", "1", "--reason", "as it was"];
    ended["rollback over changes"] = await cli(late);
    await write("cities", "id: cities\nname: 1\n");
    ended["apply a wrong file"] = await cli(["sources", "apply", ...WHY]);
  });
  afterAll(() => sources?.close());

  test("A plan lists the sources to add, and ends with code 3", () => {
    expect(ended["plan"]).toMatchObject({ code: 3 });
    expect(ended["plan"]?.out).toMatch(
      /\+ add cities.*\+ add towns.*0 to retire, 0 to change, 2 to add/s,
    );
  });

  test("A plan changes nothing", () => {
    expect(at["cities when planned"]).toBeNull();
  });

  test("A source whose file says that it is paused is added and not due", () => {
    expect(ended["apply"]).toMatchObject({ code: 0 });
    expect(at["cities when applied"]).toMatchObject({ version: 1, nextDueAt: null });
  });

  test("A plan without a change ends with code 0", () => {
    expect(ended["plan again"]).toMatchObject({ code: 0 });
  });

  test("A source whose file is gone isn't retired without the option --retire", () => {
    expect(ended["apply a removal"]).toMatchObject({ code: 1 });
    expect(ended["apply a removal"]?.out).toMatch(
      /- retire towns.*~ change cities.*name: Cities -> All cities/s,
    );
  });

  test("A refused plan is applied in no part", () => {
    expect(at["cities when refused"]).toMatchObject({ version: 1 });
  });

  test("A changed file makes a new version of its source", () => {
    expect(ended["retire"]).toMatchObject({ code: 0 });
    const changed = at["cities when changed"];
    expect(changed).toMatchObject({ version: 2, name: "All cities", active: true });
  });

  test("A source whose file no longer pauses it is due", () => {
    const changed = at["cities when changed"];
    expect(changed?.paused).toBeUndefined();
    expect(changed?.nextDueAt).toBeInstanceOf(Date);
  });

  test("A retired source is inactive", () => {
    expect(at["towns when retired"]).toMatchObject({ version: 2, active: false });
  });

  test("A rollback writes the file of an earlier version", () => {
    expect(ended["rollback"]).toMatchObject({ code: 0 });
    expect(townsFile).toBe(towns);
  });

  test("Each version of a source has its reason", async () => {
    expect(await sources.versionsOf("towns")).toEqual([
      [3, "Towns", "it was a mistake"],
      [2, null, "a test"],
      [1, "Towns", "the first ones"],
    ]);
  });

  test("A rollback is refused as long as the file has changes that aren't applied", () => {
    expect(ended["rollback over changes"]).toMatchObject({
      code: 1,
      err: expect.stringContaining("unapplied changes"),
    });
  });

  test("A wrong file is refused with line and column", () => {
    expect(ended["apply a wrong file"]).toMatchObject({
      code: 2,
      err: expect.stringMatching(/cities.yaml:2:7: name/),
    });
  });
});

describe("commands that change a source", () => {
  let sources: Sources;
  let cli: Sources["cli"];
  /** How each command ended, with --json and without. */
  const ended: Record<string, CliEnd> = {};
  beforeAll(async () => {
    sources = await openSources("verbs");
    ({ cli } = sources);
    await sources.write("cities", cities);
    await sources.write("towns", towns);
    const ask = async (name: string, ...args: string[]) => {
      ended[name] = await cli(["sources", ...args, ...WHY]);
    };
    await ask("apply", "apply");
    await ask("apply again", "apply");
    await ask("resume", "resume", "cities");
    await ask("hold", "hold", "cities", "--until", "7d");
    await ask("hold --json", "hold", "cities", "--json");
    await ask("resume --json", "resume", "cities", "--json");
    await ask("retire", "retire", "towns");
    await ask("resume a retired one", "hold", "towns");
    await ask("resume a retired one", "resume", "towns");
    await sources.write("towns", towns);
    await ask("apply --json", "apply", "--json");
    await ask("retire --json", "retire", "towns", "--json");
  });
  afterAll(() => sources?.close());

  test.each([
    ["apply", /applied: 0 retired, 0 changed, 2 added\nnext: .*newsgather run cities towns/],
    ["hold", /cities is paused until 20\S+\nnext: no run will start; .*sources resume cities/],
    [
      "retire",
      /towns is retired.*\nnext: newsgather sources rollback towns 1 --reason WHY restores/,
    ],
    ["resume a retired one", /towns is resumed\nnext: no run will start: the source is retired/],
  ])("%s says what was done and what happens next", (name, words) => {
    expect(ended[name]).toMatchObject({ code: 0, err: expect.stringMatching(words) });
  });

  test.each([
    ["apply --json", { add: [{ id: "towns", back: true }], done: expect.any(String) }],
    ["hold --json", { id: "cities", done: "cities is paused" }],
    ["resume --json", { id: "cities", done: "cities is resumed" }],
    ["retire --json", { id: "towns", done: "towns is retired; its archive stays" }],
  ])("%s says the same to programs", (name, expected) => {
    const { code, out } = ended[name] ?? { code: null, out: "" };
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      ...expected,
      next: expect.stringContaining("newsgather"),
    });
  });

  test("what needs no doing is said, and is no failure", () => {
    expect(ended["apply again"]).toMatchObject({ code: 0, err: "nothing to apply\n" });
  });

  test("what can't be done now ends with code 1", () => {
    expect(ended["resume"]).toMatchObject({
      code: 1,
      err: "cities: no operator has paused this source\n",
    });
  });

  const each = ["hold", "resume", "accept", "retire", "rollback", "delete"];
  const argsOf = (verb: string, id: string) => [
    "sources",
    verb,
    id,
    ...(verb === "rollback" ? ["1"] : []),
  ];

  test.each(each)("%s names an unknown source and the nearest one", async (verb) => {
    expect(await cli([...argsOf(verb, "citeis"), ...WHY])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no source "citeis"; did you mean cities\?/),
    });
  });

  test.each([...each, "apply"])("%s needs a reason that says something", async (verb) => {
    const args = verb === "apply" ? ["sources", "apply"] : argsOf(verb, "cities");
    expect(await cli(args)).toMatchObject({ code: 2 });
    expect(await cli([...args, "--reason", " "])).toMatchObject({
      code: 2,
      err: "--reason: say why\n",
    });
  });

  test.each([
    ["sources versions", ["sources", "versions", "citeis"]],
    ["sources preview", ["sources", "preview", "citeis"]],
    ["sources test", ["sources", "test", "citeis"]],
    ["backfill", ["backfill", "citeis", "--since", "7d"]],
    ["export", ["export", "--source", "citeis", "-o", "never.jsonl"]],
    ["export of the archive", ["export", "--source", "citeis", "--format", "warc", "-o", "never"]],
    ["query", ["query", "select 1 from articles", "--source", "citeis"]],
  ])("%s names an unknown source and the nearest one", async (_, args) => {
    expect(await cli(args)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/no source "citeis"; did you mean cities\?/),
    });
  });

  test.each([
    ["a misspelt field", "contry=DE", 2, /no field "contry"; did you mean country\?/],
    ["a source that isn't there", "id=citeis", 1, /no source matches id=citeis/],
  ])("an edit of %s is no success", async (_, where, code, words) => {
    const ask = ["sources", "edit", "--where", where, "--set", "render=http", "--dry-run"];
    expect(await cli(ask)).toMatchObject({ code, err: expect.stringMatching(words) });
  });

  test("validate and plan warn of two sources with one feed", async () => {
    await sources.write(
      "copies",
      cities.replaceAll("cities", "copies").replace("copies.example", "cities.example"),
    );
    const warning = /warning: cities and copies have the same feed https:\/\/cities.example\/rss/;
    const [validate, plan] = [await cli(["sources", "validate"]), await cli(["sources", "plan"])];
    await rm(sources.file("copies"));
    expect(validate).toMatchObject({ code: 0, err: expect.stringMatching(warning) });
    expect(plan).toMatchObject({ code: 3, err: expect.stringMatching(warning) });
  });

  test("a backfill of nothing says so and opens no run", async () => {
    expect(await cli(["backfill", "cities", "--since", "2026-11-01"])).toMatchObject({
      code: 0,
      out: "nothing to fetch: no article that cities skipped as too old is dated 2026-11-01 or later\n",
    });
    expect(await sources.store.collections.runs.countDocuments()).toBe(0);
  });

  describe("export and query", () => {
    beforeAll(async () => {
      await publishArticles(sources.store, "created", [
        makeArticle("a-1", { country: "DE" }),
        makeArticle("b-1", { country: "FR", sourceId: "towns" }),
      ]);
    });

    test("an export overwrites nothing unless --force is given", async () => {
      const file = join(sources.folder, "articles.jsonl");
      const ask = ["export", "-o", file];
      expect(await cli(ask)).toMatchObject({ code: 0 });
      await writeFile(file, "mine");
      expect(await cli(ask)).toMatchObject({ code: 2, err: expect.stringContaining("--force") });
      expect(await readFile(file, "utf8")).toBe("mine");
      expect(await cli([...ask, "--force"])).toMatchObject({ code: 0 });
      expect(await readFile(file, "utf8")).toContain("a-1");
    });

    test("no export begins while another command writes its file", async () => {
      const file = join(sources.folder, "busy.jsonl");
      const ask = ["export", "-o", file, "--force"];
      const refusal = { code: 1, err: expect.stringContaining("another command is writing") };
      expect(await asOnlyWriter(file, () => cli(ask))).toMatchObject(refusal);
      expect(await cli(ask)).toMatchObject({ code: 0 });
    });

    test("an export of the sources overwrites nothing unless --force is given", async () => {
      const file = join(sources.folder, "sources.opml");
      const ask = ["sources", "export", "-o", file];
      await writeFile(file, "mine");
      expect(await cli(ask)).toMatchObject({ code: 2, err: expect.stringContaining("--force") });
      expect(await readFile(file, "utf8")).toBe("mine");
      expect(await cli([...ask, "--force"])).toMatchObject({ code: 0 });
      expect(await readFile(file, "utf8")).toContain("<opml");
    });

    test.skipIf(!hasDuckDb())("a query asks the store without an export", async () => {
      const sql = "select country, count(*)::int as n from articles group by all order by 1";
      expect(await cli(["query", sql, "--format", "csv"])).toMatchObject({
        code: 0,
        out: "country,n\nDE,1\nFR,1\n",
      });
      const ofTowns = await cli(["query", sql, "--format", "csv", "--source", "towns"]);
      expect(ofTowns).toMatchObject({ code: 0, out: "country,n\nFR,1\n" });
    });

    test.skipIf(!hasDuckDb())("a wrong query is told in words", async () => {
      expect(await cli(["query", "select contry from articles"])).toMatchObject({
        code: 2,
        err: expect.stringContaining('"country"'),
      });
    });
  });
});

describe("fetching one URL", () => {
  let site: TestSite;
  let cli: Sources["cli"];
  beforeAll(async () => {
    site = await openSite("agency.example", "127.1.9.61");
    site.pages["/here"] = "<p>here</p>";
    site.pages["/old"] = moved(site.at("/here"));
    cli = commandsOn(await database.open("fetch"), {
      NEWSGATHER_HOSTS: `127.1.9.61 agency.example`,
      NEWSGATHER_ALLOW_NETWORKS: "127.1.0.0/16",
    });
  });
  afterAll(() => site?.close());

  test("succeeds where something is", async () => {
    expect(await cli(["fetch", site.at("/old")])).toMatchObject({ code: 0, out: "<p>here</p>" });
    const headers = await cli(["fetch", site.at("/old"), "--no-redirect", "--headers"]);
    expect(headers).toMatchObject({ code: 0, out: expect.stringContaining("301") });
  });

  test("fails where nothing is, and prints what came all the same", async () => {
    expect(await cli(["fetch", site.at("/gone")])).toMatchObject({
      code: 1,
      out: "not here",
      err: expect.stringContaining("answered with status 404"),
    });
  });
});

describe("a source with articles is deleted", () => {
  let sources: Sources;
  let coverage: CliEnd;
  let refused: CliEnd;
  let fileThen: string;
  let purged: CliEnd;
  let articles: Map<string, Article>;
  beforeAll(async () => {
    sources = await openSources("delete");
    const { cli, store } = sources;
    await sources.write("cities", cities);
    await cli(["sources", "apply", ...WHY]);
    await publishArticles(store, "created", [
      makeArticle("a-1"),
      makeArticle("b-1", { sourceId: "towns" }),
    ]);
    const at = new Date();
    await store.collections.coverage.insertOne({
      ...newCoverage("cities", {
        since: at,
        nextProbeAt: at,
        objective: { share: 0.99, within: 1_800_000 },
        now: at,
      }),
      unlistedGaps: [{ key: "k", announcedAt: at }],
    });
    coverage = await cli(["coverage", "cities", "--json"]);
    await store.collections.baselines.insertOne({ _id: "cities", titles: ["a"] });
    const remove = ["sources", "delete", "cities", "--reason", "they asked for it"];
    refused = await cli(remove);
    fileThen = await sources.read("cities");
    purged = await cli([...remove, "--purge"]);
    articles = await getArticles(store, ["a-1", "b-1"]);
  });
  afterAll(() => sources?.close());

  test("Its coverage as JSON lists no gaps beyond the 1,000 latest", () => {
    const shown: unknown = JSON.parse(coverage.out);
    expect(shown).toMatchObject({ _id: "cities", gaps: [] });
    expect(shown).not.toHaveProperty("unlistedGaps");
  });

  test("A source with articles isn't deleted without the option --purge", () => {
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining("--purge") });
    expect(fileThen).toBe(cities);
  });

  test("A deleted source has neither a file nor a record", async () => {
    expect(purged).toMatchObject({ code: 0 });
    await expect(sources.read("cities")).rejects.toThrow("ENOENT");
    expect(await sources.source("cities")).toBeNull();
  });

  test("A new source with the id of a deleted one inherits no record of it", async () => {
    const left: string[] = [];
    for (const name of Object.keys(sources.store.collections)) {
      const ofSource: object = { $or: [{ _id: "cities" }, { sourceId: "cities" }] };
      if ((await sources.store.db.collection(name).countDocuments(ofSource)) > 0) left.push(name);
    }
    // The retracted article, and what readers were told of it.
    expect(left).toEqual(["articles"]);
  });

  test("The articles of a deleted source are retracted and emptied", () => {
    expect(articles.get("a-1")).toMatchObject({ status: "retracted", title: "", text: "" });
  });

  test("The articles of other sources stay as they are", () => {
    expect(articles.get("b-1")).toMatchObject({ status: "published", title: "Title of b-1" });
  });

  test("The tombstone of a purged article has the reason", async () => {
    const tombstone = await sources.store.collections.tombstones.findOne({ _id: "a-1" });
    expect(tombstone).toMatchObject({ kind: "purged", reason: "they asked for it" });
  });
});

describe("a start finds files of sources gone", () => {
  type Synced = Awaited<ReturnType<typeof syncConfigured>>;
  let sources: Sources;
  let mostGone: Synced;
  let oneGone: Synced;
  beforeAll(async () => {
    sources = await openSources("start");
    const ids = ["s1", "s2", "s3", "s4", "s5"];
    const write = (id: string) =>
      sources.write(id, `id: ${id}\nname: S\nfeeds: [https://${id}.example/rss]\n`);
    const sync = () => syncConfigured(sources.store, { sourcesDir: sources.folder });
    for (const id of ids) await write(id);
    await sync();
    for (const id of ids.slice(1)) await rm(sources.file(id));
    mostGone = await sync();
    for (const id of ids.slice(2)) await write(id);
    oneGone = await sync();
  });
  afterAll(() => sources?.close());

  test("A start that finds most files gone retires nothing", () => {
    expect(mostGone).toMatchObject({ retire: [], withheld: ["s2", "s3", "s4", "s5"] });
  });

  test("A start that finds a few files gone retires their sources", async () => {
    expect(oneGone).toMatchObject({ retire: [{ id: "s2" }], withheld: [] });
    expect(await sources.source("s2")).toMatchObject({ active: false });
  });
});

describe("sources are changed on the admin pages", () => {
  type Answer = Awaited<ReturnType<Session["send"]>>;
  const versionsUrl = "/admin/versions?source=towns";
  let sources: Sources;
  let app: FastifyInstance;
  let oscar: Session;
  let plan: string;
  let applied: Answer;
  let rolledBack: Answer;
  let versions: string;
  let versionsJson: unknown;
  let townsFile: string;
  let imported: Answer;
  let tried: Answer;
  /** Records of the source at each step. */
  const at: Record<string, SourceRecord | null> = {};
  let started: Answer;
  let schedule: string;
  let scheduleInShell: CliEnd;
  beforeAll(async () => {
    sources = await openSources("pages");
    const { store, cli, write } = sources;
    await write("towns", towns);
    await cli(["sources", "apply", ...WHY]);
    await write("towns", `${towns.replace("Towns", "Small towns")}headers: { X-Key: s3cret }\n`);
    await enroll(store, "oscar", "operator");
    app = await openGated(store, { sourcesDir: sources.folder });
    oscar = await startSession(app, "oscar");
    plan = await oscar.page("/admin/plan");
    applied = await oscar.send("/admin/plan", { reason: "their new name" });
    const back = { id: "towns", version: "1", reason: "not yet" };
    rolledBack = await oscar.send("/admin/versions/rollback", back, versionsUrl);
    versions = await oscar.page(versionsUrl);
    versionsJson = await oscar.json(versionsUrl);
    townsFile = await sources.read("towns");

    const csv = {
      text: "name,feeds\nVillages,https://v.example/rss\n",
      format: "csv",
      doing: "do",
    };
    imported = await oscar.send("/admin/import-export/import", csv, "/admin/import-export");
    const slower = { where: "id=t*", set: "pace.delay=9s", reason: "they asked" };
    tried = await oscar.send("/admin/import-export/edit", slower, "/admin/import-export");
    at["tried"] = await sources.source("towns");
    await oscar.send(
      "/admin/import-export/edit",
      { ...slower, doing: "do" },
      "/admin/import-export",
    );
    at["edited"] = await sources.source("towns");
    const pause = { id: "towns", reason: "their break", until: "2999-01-01T06:00" };
    await oscar.send("/admin/sources/pause", pause, "/admin/sources");
    at["paused"] = await sources.source("towns");
    await cli(["sources", "apply", ...WHY]);
    const run = { id: "villages", reason: "they have news" };
    started = await oscar.send("/admin/schedule/run", run, "/admin/schedule");
    schedule = await oscar.page("/admin/schedule");
    scheduleInShell = await cli(["schedule"]);
  });
  afterAll(async () => {
    await app?.close();
    await sources?.close();
  });

  test("The plan shows what a file changes", () => {
    expect(plan).toMatch(/<del>Towns<\/del> → <ins>Small towns<\/ins>/);
  });

  test("An operator applies the plan", () => {
    expect(applied.statusCode).toBe(303);
  });

  test("An operator rolls a source back to an earlier version", () => {
    expect(rolledBack.statusCode).toBe(303);
    expect(townsFile).toBe(towns);
  });

  test("The versions of a source show who made each and why", () => {
    expect(versions).toMatch(/user oscar.*not yet.*their new name/s);
  });

  test("The versions of a source can be read as JSON", () => {
    expect(versionsJson).toMatchObject({ versions: [{ version: 3, reason: "not yet" }, {}, {}] });
  });

  test("The versions of a source show no secret", () => {
    expect(versions + JSON.stringify(versionsJson)).not.toContain("s3cret");
  });

  test("An imported table writes the files of its sources", async () => {
    expect(imported.body).toContain("villages");
    expect(await sources.read("villages")).toContain("https://v.example/rss");
  });

  test("An edit of many sources is shown first and changes nothing", () => {
    expect(tried.body).toMatch(/<del>2s<\/del> → <ins>9s<\/ins>.*Nothing has been changed yet/s);
    expect(at["tried"]).toMatchObject({ pace: { delay: 2000 } });
  });

  test("A confirmed edit of many sources makes a new version of each", async () => {
    expect(at["edited"]).toMatchObject({ pace: { delay: 9000 } });
    expect(await sources.versionsOf("towns")).toContainEqual([4, "Towns", "they asked"]);
  });

  test("A source that is paused until a time is due at that time", () => {
    expect(at["paused"]?.nextDueAt).toEqual(new Date("2999-01-01T06:00Z"));
  });

  test("An operator starts a run from the schedule", () => {
    expect(started.statusCode).toBe(303);
  });

  test("The schedule shows how often each source is due, and which are paused", () => {
    expect(schedule).toMatch(
      /Villages.*every 30m.*<path class="text-primary" d="M.*Towns.*paused: their break/s,
    );
  });

  test("The command schedule shows the same as the page", () => {
    expect(scheduleInShell.out).toMatch(
      /villages.*every 30m.*towns.*paused: their break, until 2999/s,
    );
  });

  test("The sources are exported as OPML", async () => {
    const opml = await oscar.get("/admin/sources.opml", {});
    expect(opml.body).toMatch(/xmlUrl="https:\/\/towns.example\/rss"/);
  });
});
