import { readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formatProblem, type KnownFiles, loadSources } from "../../../../sources/files/load.ts";
import { sourceJsonSchema } from "../../../../sources/files/validate.ts";
import { testFolder } from "../../../helpers/folder.ts";

const minimal = (id: string) => `id: ${id}\nname: Agency\nfeeds: [https://agency.example/rss]\n`;

/** Loads a folder of these files; problems come as `line:column path: message`. */
async function load(files: Record<string, string>, topics: string[] | null = null) {
  const dir = await testFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text);
  const { sources, problems } = await loadSources(dir, topics && new Set(topics));
  return {
    ids: sources.map((source) => source.id),
    problems: problems.map((problem) => formatProblem(problem).replace(`${dir}/`, "")),
  };
}

describe("loadSources", () => {
  it("gives everything but id, name and an entry point a default", async () => {
    expect(await load({ "agency.yaml": minimal("agency") })).toEqual({
      ids: ["agency"],
      problems: [],
    });
  });

  it("understands names of languages and countries, and durations as they are spoken", async () => {
    const dir = await testFolder();
    const text = `${minimal("aa")}language: German\ncountry: Germany\nschedule: { every: 15 minutes }\n`;
    await writeFile(join(dir, "aa.yaml"), text);
    const { sources, problems } = await loadSources(dir);
    expect(problems).toEqual([]);
    const schedule = { every: 900_000, timezone: "UTC" };
    expect(sources).toMatchObject([{ language: "de", country: "DE", schedule }]);
  });

  it("names the nearest language and country", async () => {
    const wrong = "language: Germn\ncountry: Germny\n";
    const { problems } = await load({ "aa.yaml": minimal("aa") + wrong });
    expect(problems.toReversed()).toEqual([
      expect.stringMatching(/"Germn" is no language: .*such as de; did you mean German \(de\)\?/),
      expect.stringMatching(/"Germny" is no country: .*such as DE; did you mean Germany \(DE\)\?/),
    ]);
  });

  it("says under which field one stands that was written beside it", async () => {
    const { problems } = await load({ "aa.yaml": `${minimal("aa")}every: 15m\n` });
    expect(problems).toEqual([
      'aa.yaml:4:1: there is no field "every" here; it belongs under schedule, as in schedule: { every: ... }',
    ]);
  });

  it("refuses a schedule that never opens, and takes one that opens for a minute", async () => {
    const at = (quiet: string) =>
      `${minimal("aa")}schedule: { every: 1h, quiet: ${quiet}, windows: [06:00-08:00] }\n`;
    const { problems } = await load({ "aa.yaml": at("05:00-09:00") });
    expect(problems).toEqual([
      expect.stringMatching(/aa.yaml:4:\d+: schedule.quiet: the quiet hours leave no window open/),
    ]);
    expect((await load({ "aa.yaml": at("05:00-07:59") })).problems).toEqual([]);
  });

  it("says how a duration without a unit is written", async () => {
    const { problems } = await load({ "aa.yaml": `${minimal("aa")}schedule: { every: 15 }\n` });
    expect(problems).toEqual([
      "aa.yaml:4:20: schedule.every: write a duration, e.g. 500ms, 2s, 15m, 6h or 30d",
    ]);
  });

  it.each(["every: 0s", "every: 999ms", "adaptive: { min: 0s }", "adaptive: { max: 0s }"])(
    "refuses a schedule without an interval: %s",
    async (schedule) => {
      const { problems } = await load({ "aa.yaml": `${minimal("aa")}schedule: { ${schedule} }\n` });
      expect(problems).toContainEqual(expect.stringMatching(/^aa\.yaml:4:.* write 1s or more$/));
    },
  );

  it("keeps the good files when others are broken", async () => {
    const { ids, problems } = await load({
      "a-good.yaml": minimal("a-good"),
      "broken.yaml": "id: broken\nname: [unclosed\n",
      "empty.yaml": "",
      "z-good.yaml": minimal("z-good"),
    });
    expect(ids).toEqual(["a-good", "z-good"]);
    expect(problems.map((problem) => problem.split(":")[0])).toEqual(
      expect.arrayContaining(["broken.yaml", "empty.yaml"]),
    );
  });

  it("explains a pattern that YAML reads as an alias", async () => {
    const { ids, problems } = await load({
      "a-good.yaml": minimal("a-good"),
      "bad.yaml": `${minimal("bad")}exclude:\n  - */print/*\n  - "*.pdf"\n`,
    });
    expect(ids).toEqual(["a-good"]);
    expect(problems).toEqual(['bad.yaml:5:5: put text that begins with * in quotes: "*/print/*"']);
  });

  it("reports aliases that can't be resolved as a mistake of their file", async () => {
    const many = Array.from({ length: 150 }, () => "*tag").join(", ");
    const { ids, problems } = await load({
      "a-good.yaml": minimal("a-good"),
      "bad.yaml": `${minimal("bad")}topics: [&tag x]\ninclude: [${many}]\n`,
    });
    expect(ids).toEqual(["a-good"]);
    expect(problems).toEqual([expect.stringMatching(/^bad\.yaml:5:\d+: Excessive alias count/)]);
  });

  it("reads no hidden file, such as an editor's lock", async () => {
    const dir = await testFolder();
    await writeFile(join(dir, "agency.yaml"), minimal("agency"));
    await symlink("me@host.123:456", join(dir, ".#agency.yaml"));
    expect((await loadSources(dir)).sources.map(({ id }) => id)).toEqual(["agency"]);
  });

  it("doesn't parse again what is as it was, and what isn't does", async () => {
    const dir = await testFolder();
    const write = (name: string, text: string) => writeFile(join(dir, name), text);
    await write("aa.yaml", minimal("aa"));
    await write("bb.yaml", minimal("bb"));
    const known: KnownFiles = new Map();
    const before = await loadSources(dir, null, null, known);
    await write("bb.yaml", `${minimal("bb")}render: http\n`);
    const after = await loadSources(dir, null, null, known);
    expect(before.declarations.length).toBe(2);
    expect(after.declarations[0]).toBe(before.declarations[0]);
    expect(after.sources.map(({ render }) => render)).toEqual(["auto", "http"]);
    await write("bb.yaml", `${minimal("bb")}render: chrome\n`);
    const broken = await loadSources(dir, null, null, known);
    expect([broken.sources.length, broken.problems.length]).toEqual([1, 1]);
    await rm(join(dir, "aa.yaml"));
    await loadSources(dir, null, null, known);
    expect([...known]).toEqual([]);
  });

  it("writes an allowed host as URLs contain it", async () => {
    const dir = await testFolder();
    const text = `${minimal("aa")}allowHosts: [News.Example.org, Bücher.example]\n`;
    await writeFile(join(dir, "aa.yaml"), text);
    const { sources } = await loadSources(dir);
    expect(sources[0]?.allowHosts).toEqual(["news.example.org", "xn--bcher-kva.example"]);
  });

  it.each(["https://news.example.org/", "news.example.org:8080", "*.example.org", "a b", ""])(
    "refuses the allowed host %j",
    async (host) => {
      const { problems } = await load({ "aa.yaml": `${minimal("aa")}allowHosts: ["${host}"]\n` });
      expect(problems).toEqual([
        "aa.yaml:4:14: allowHosts.0: write a host name such as news.example.com",
      ]);
    },
  );

  it.each([
    ['"x key": a', "x key: write a header's name with letters, digits and -"],
    ["Host: a.example", "Host: leave it out: a source can't set this header"],
    ["keep-alive: timeout=5", "keep-alive: leave it out: a source can't set this header"],
    ["user-agent: Other", "user-agent: leave it out: a source can't set this header"],
    ['x-key: "a\\nb"', "x-key: write one line of Latin-1 characters"],
    ["x-key: ключ", "x-key: write one line of Latin-1 characters"],
  ])("refuses the header %s, which no request can carry", async (header, problem) => {
    const { problems } = await load({ "aa.yaml": `${minimal("aa")}headers:\n  ${header}\n` });
    expect(problems).toEqual([expect.stringMatching(`^aa.yaml:5:\\d+: headers\\.${problem}$`)]);
  });

  it("places a mistake and names what is allowed", async () => {
    const text = `${minimal("agency")}render: chrome\nschedule: { every: soon }\npace:\n  delays: 2s\n`;
    expect((await load({ "agency.yaml": text })).problems).toEqual([
      "agency.yaml:5:20: schedule.every: write a duration, e.g. 500ms, 2s, 15m, 6h or 30d",
      'agency.yaml:7:3: pace: there is no field "delays" here; did you mean delay?',
      "agency.yaml:4:9: render: allowed: http, browser, auto",
    ]);
  });

  it("says what is missing and which fields there are", async () => {
    const { problems } = await load({ "agency.yaml": "id: agency\nwebsite: x\n" });
    expect(problems).toContain("agency.yaml:1:1: name: is missing: give a string");
    expect(problems.find((problem) => problem.includes("website"))).toMatch(
      /^agency\.yaml:2:1: there is no field "website" here; allowed: id, name, home, feeds/,
    );
  });

  it("names the first twenty unknown fields and counts the others", async () => {
    const unknown = Array.from({ length: 500 }, (_, n) => `unknown-${n}: x\n`).join("");
    const { problems } = await load({ "aa.yaml": `${minimal("aa")}${unknown}` });
    expect(problems.filter((problem) => problem.includes("there is no field"))).toHaveLength(20);
    expect(problems).toContainEqual(expect.stringContaining("further unknown fields: 480"));
  });

  it("asks for an entry point", async () => {
    const { problems } = await load({ "agency.yaml": "id: agency\nname: Agency\n" });
    expect(problems[0]).toContain("at least one entry point: feeds, sitemaps, listings");
  });

  it("reports an id that differs from the file's name or is taken", async () => {
    const { ids, problems } = await load({
      "agency.yaml": minimal("agency"),
      "agency.yml": minimal("agency"),
      "other.yaml": minimal("agency2"),
    });
    expect(ids).toEqual(["agency"]);
    expect(problems[0]).toMatch(
      /^agency\.yml:1:5: id: "agency" is already the id of .*agency\.yaml/,
    );
    expect(problems[1]).toBe(
      'other.yaml:1:5: id: "agency2" differs from the file\'s name: write other',
    );
  });

  it("checks time zone, cron, selectors, codes and topics", async () => {
    const text = [
      minimal("agency").trim(),
      'schedule: { cron: "61 * * * *", timezone: Europe/Berlin }',
      "listings:",
      '  - { url: https://agency.example/, link: "h2 > > a", date: "time@datetime" }',
      "select:",
      '  - { title: "h1[", remove: [".ad", "p:nonsense(2)"] }',
      "country: XY",
      "language: qq",
      "topics: [ai, astrology]",
    ].join("\n");
    const { problems } = await load({ "agency.yaml": text }, ["ai", "energy"]);
    expect(problems.map((problem) => problem.split(": ").slice(0, 2).join(": "))).toEqual([
      "agency.yaml:4:19: schedule.cron",
      "agency.yaml:6:43: listings.0.link",
      "agency.yaml:8:14: select.0.title",
      "agency.yaml:8:37: select.0.remove.1",
      "agency.yaml:9:10: country",
      "agency.yaml:10:11: language",
      "agency.yaml:11:14: topics.1",
    ]);
    expect(problems.at(-1)).toContain("allowed: ai, energy");
    const zone = `${minimal("agency")}schedule: { every: 1h, timezone: Berlin }\n`;
    expect((await load({ "agency.yaml": zone })).problems[0]).toContain("Europe/Berlin");
  });

  it.each(["*/10 * * * * *", "*/5", "@hourly", ""])(
    "refuses the cron expression %j, which hasn't five fields",
    async (cron) => {
      const text = `${minimal("agency")}schedule: { cron: "${cron}" }\n`;
      expect((await load({ "agency.yaml": text })).problems).toEqual([
        expect.stringMatching(
          /schedule\.cron: needs exactly five fields: write minute hour day month weekday/,
        ),
      ]);
    },
  );

  it("names the region, country, language and topic that were most likely meant", async () => {
    const check = async (lines: string) =>
      (await load({ "agency.yaml": `${minimal("agency")}${lines}\n` }, ["smart-city", "energy"]))
        .problems;
    expect(await check("country: CN\nregion: Guangdongg")).toEqual([
      'agency.yaml:5:9: region: "Guangdongg" is no region of CN: did you mean Guangdong?',
    ]);
    expect(await check("country: DE\nregion: DE-BE")).toEqual([
      'agency.yaml:5:9: region: "DE-BE" is no region of DE: did you mean Berlin?',
    ]);
    expect(await check("country: DE\nregion: Bayern")).toEqual([]);
    expect(await check("country: DE\ntopics: [smart-citi]")).toEqual([
      `agency.yaml:5:10: topics.0: "smart-citi" isn't a topic; did you mean smart-city?`,
    ]);
  });

  it("accepts attributes after a selector and every form of schedule", async () => {
    const forms = ['cron: "*/10 6-22 * * 1-5"', "every: 15m", "adaptive: { min: 5m, max: 6h }"];
    for (const form of forms) {
      const text = `${minimal("agency")}schedule: { ${form}, timezone: Asia/Tokyo }\nselect: [{ publishedAt: "meta[name='a@b']@content" }]\n`;
      expect((await load({ "agency.yaml": text })).problems).toEqual([]);
    }
  });
});

describe("sourceJsonSchema", () => {
  it("is what config/source.schema.json holds", async () => {
    // Made by: newsgather sources schema > config/source.schema.json
    const file = new URL("../../../../config/source.schema.json", import.meta.url);
    const made = JSON.parse(await readFile(file, "utf8"));
    expect(made).toEqual(JSON.parse(JSON.stringify(sourceJsonSchema())));
    expect(made).toMatchObject({ required: ["id", "name"], additionalProperties: false });
  });
});
