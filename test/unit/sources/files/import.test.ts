import { expect, test } from "vitest";
import { declared } from "../../../../model/sources/version.ts";
import { fromCsv } from "../../../../sources/files/csv.ts";
import { editSources } from "../../../../sources/files/edit.ts";
import { planImport } from "../../../../sources/files/import.ts";
import { draftSource } from "../../../../sources/files/load.ts";
import { fromOpml, toOpml } from "../../../../sources/files/opml.ts";

const cities = `# asked on 3 May
id: cities
name: Cities & <towns>
feeds: [https://c.example/a, https://c.example/b]
schedule: { every: 30m, quiet: 22:00-06:00 } # their wish
select: [{ title: "h1 > a", validFrom: 2026-05-01 }]
country: DE
`;
const list = `id: lists
name: Lists
home: https://l.example/
headers: { X-Key: s3cret }
listings: [{ url: https://l.example/news, link: h2 a }]
`;

function read(text: string) {
  const draft = draftSource(text, null);
  if ("problems" in draft) throw new Error(draft.problems.join("\n"));
  return declared(draft.source, text);
}
const both = [read(cities), read(list)];
const topics = new Map([["egovernment", "egov"]]);

test("our OPML brings every setting back but headers, and names every feed for others", () => {
  const text = toOpml(both, "All");
  expect(text).toMatch(/<opml xmlns:newsgather="[^"]+" version="2.0">/);
  expect(text.match(/xmlUrl="[^"]+"/g)).toHaveLength(2);
  expect(text).not.toContain("s3cret");
  const { drafts, problems } = fromOpml(text, topics);
  expect(problems).toEqual([]);
  const rows = planImport(drafts, [], null);
  expect(rows.map(({ id, fate }) => [id, fate])).toEqual([
    ["cities", "new"],
    ["lists", "new"],
  ]);
  const back = rows.map(({ yaml }) => read(yaml ?? "").source);
  expect(back).toEqual([both[0]?.source, { ...both[1]?.source, headers: {} }]);
  const again = planImport(
    drafts,
    both.map(({ source }) => source),
    null,
  );
  expect(again.map(({ fate }) => fate)).toEqual(["there", "there"]);
});

test("an entry point that another source has is found however its URL is written", () => {
  const declaration = {
    name: "Known",
    home: "https://known.example",
    sitemaps: ["http://www.c.example/b"],
  };
  const [row] = planImport([{ where: "row 2", declaration }], [read(cities).source], null);
  expect(row).toMatchObject({
    fate: "there",
    why: "http://www.c.example/b is already an entry point of cities",
  });
});

test("OPML of another reader gives sources to be verified; a folder called like a topic gives it", () => {
  const text = `<opml version="1.0"><body><outline text="eGovernment">
<outline text="Zürich: Amt" type="rss" xmlUrl="https://z.example/rss" htmlUrl="https://www.z.example/"/>
<outline text="Zürich: Amt" xmlUrl="https://z.example/atom"/>
<outline text="新闻" xmlUrl="https://www.xin.example/rss"/></outline>
<outline text="Known" xmlUrl="https://c.example/b"/><outline text="Bad" xmlUrl="ftp://x"/></body></opml>`;
  const rows = planImport(fromOpml(text, topics).drafts, [read(cities).source], null);
  expect(rows.map(({ id, fate, why }) => [id, fate, why ?? ""])).toEqual([
    ["zurich-amt", "new", ""],
    ["zurich-amt-2", "new", ""],
    ["xin-example", "new", ""],
    ["known", "there", "https://c.example/b is already an entry point of cities"],
    ["bad", "wrong", expect.stringMatching(/feeds.0: write an absolute/)],
  ]);
  expect(read(rows[0]?.yaml ?? "").source).toMatchObject({ topics: ["egov"], verified: false });
  expect(fromOpml("nonsense", topics).problems).toHaveLength(1);
});

test("a draft with an empty id gets one from its name", () => {
  const declaration = { name: "Cities", id: "", feeds: ["https://c.example/a"] };
  const [row] = planImport([{ where: "here", declaration }], [], null);
  expect(row).toMatchObject({ id: "cities", fate: "new", why: null });
  expect(row?.yaml).toMatch(/^id: cities\nname: Cities\n/);
});

test("a table gives sources; what is wrong is told by line and field", () => {
  const head = "\uFEFFName,Feeds,country,topics,every\n";
  const { drafts } = fromCsv(
    `${head}"A, B",https://a.example/1 https://a.example/2,FR,x;y,1h\n\nC,nowhere,,,\n`,
  );
  const [good, bad] = planImport(drafts, [], null);
  expect(good).toMatchObject({ where: "line 2", id: "a-b", fate: "new" });
  expect(read(good?.yaml ?? "").source).toMatchObject({
    feeds: ["https://a.example/1", "https://a.example/2"],
    country: "FR",
    topics: ["x", "y"],
    schedule: { every: 3_600_000 },
  });
  expect(bad).toMatchObject({
    where: "line 4",
    fate: "wrong",
    why: expect.stringContaining("feeds.0"),
  });
  expect(fromCsv("name,colour\na,b\n").problems).toEqual([
    expect.stringMatching(/^line 1: colour: allowed: id, name/),
  ]);
  expect(fromCsv('name\n"a\n').problems).toEqual([expect.stringMatching(/line 2|line 3/)]);
});

test.each([
  ["where", { where: ["contry=DE"] }, /no field "contry"; did you mean country\? Fields: id, name/],
  ["where", { where: ["pace.dely=2s"] }, /no field "dely" in pace; did you mean delay\?/],
  ["set", { where: ["id=*"], set: ["renderr=http"] }, /"renderr"; did you mean render\?/],
  ["unset", { where: ["id=*"], unset: ["languag"] }, /"languag"; did you mean language\?/],
])(
  "an edit with a misspelt field in --%s names the nearest and all fields",
  (_, overrides, words) => {
    const how = { set: [], unset: [], ...overrides };
    expect(editSources(both, new Map(), how, null)).toMatchObject({
      edited: [],
      problems: [expect.stringMatching(words)],
    });
  },
);

test("an edit changes fields of the sources that match, and leaves comments and all else as they are", () => {
  const files = new Map([["cities", "s/cities.yaml"]]);
  const edit = {
    where: ["country=D*", "schedule.every=30m"],
    set: ["pace.delay=5s"],
    unset: ["schedule.quiet"],
  };
  const { matched, edited, problems } = editSources(both, files, edit, null);
  expect([matched, problems]).toEqual([1, []]);
  expect(edited[0]?.fields).toEqual([
    { field: "schedule.quiet", before: "22:00-06:00", after: null },
    { field: "pace.delay", before: "2s", after: "5s" },
  ]);
  expect(edited[0]?.after.yaml).toMatch(
    /# asked on 3 May\n.*# their wish\n.*pace:\n {2}delay: 5s/s,
  );
  const unpaced = { where: ["country="], set: ["pace.delay=soon"], unset: [] };
  expect(editSources(both, files, unpaced, null)).toMatchObject({
    matched: 1,
    edited: [],
    problems: [expect.stringMatching(/lists.yaml:\d+:\d+: pace.delay: write a duration/)],
  });
  expect(editSources(both, files, { ...edit, where: ["all"] }, null).problems).toHaveLength(1);
});
