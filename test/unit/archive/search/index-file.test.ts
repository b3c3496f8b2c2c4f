import { readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { find as findIn } from "../../../../archive/search/find.ts";
import { openIndex } from "../../../../archive/search/index-file.ts";
import { openFile } from "../../../../archive/search/sqlite-file.ts";
import { makeDocument, SEARCH_REQUEST, tempIndex } from "../../../helpers/judged-search.ts";

let opened: ReturnType<typeof tempIndex> | null = null;
afterEach(() => {
  opened?.close();
  opened = null;
});
const open = (...overrides: Parameters<typeof tempIndex>) => {
  opened = tempIndex(...overrides);
  return opened;
};
const at = (time: string) => new Date(`2026-11-${time}Z`);

describe("words", () => {
  let words: ReturnType<typeof tempIndex>;
  beforeAll(() => {
    words = tempIndex([
      makeDocument("es", { title: "La administración abre datos", language: "es" }),
      makeDocument("th", { title: "กรุงเทพมหานครเปิดตัวเมืองอัจฉริยะ", language: "th" }),
      makeDocument("zh", { text: "深圳建设智慧城市，服务市民。", language: "zh" }),
      makeDocument("hi", { title: "दिल्ली में नई मेट्रो सेवा", language: "hi" }),
      makeDocument("en", {
        title: "Smart city opens a park",
        text: "The city council met.",
        author: "Ada Example",
        tag: "Urban life",
        facets: { country: ["DE"], topic: ["smart-city", "parks"], day: ["2026-11-20"] } as never,
      }),
      makeDocument("far", { text: "A city that is quite smart." }),
    ]);
  });
  afterAll(() => words.close());

  test.each([
    ["without its accents", "administracion", ["es"]],
    ["by another form of it", "administraciones", ["es"]],
    ["inside a Thai text, which has no blanks", "เมือง", ["th"]],
    ["inside a Chinese text, which has no blanks", "智慧城市", ["zh"]],
    ["in Devanagari", "मेट्रो", ["hi"]],
    ["in full-width letters", "ＰＡＲＫ", ["en"]],
    ["in another number than the text has it", "smart cities", ["en", "far"]],
    ["by how it begins", "counc*", ["en"]],
    ["by a beginning that is longer than its stem", "administraci*", ["es"]],
    ["by a beginning that its stem spells differently", "city*", ["en", "far"]],
  ])("a word is found %s", (_, query, found) => {
    expect(words.ids(query)).toEqual(found);
  });

  test("a phrase is found where its words stand side by side", () => {
    expect(words.ids('"smart city"')).toEqual(["en"]);
  });

  test.each([
    ["title:council", []],
    ["author:ada tag:urban", ["en"]],
  ])("a word with a field is found in that field alone: %s", (query, found) => {
    expect(words.ids(query)).toEqual(found);
  });

  test.each([
    ["city -park", ["far"]],
    ["(park OR дом) NOT topic:egov", ["en"]],
    ["smart -administraci*", ["en", "far"]],
    ["smart -parka*", ["en", "far"]],
  ])("words are left out and grouped by operators: %s", (query, found) => {
    expect(words.ids(query)).toEqual(found);
  });

  test("facets narrow what is found", () => {
    expect(words.ids("country:de topic:smart-city day:2026-11")).toEqual(["en"]);
  });
});

describe("times", () => {
  let trams: ReturnType<typeof tempIndex>;
  beforeAll(() => {
    trams = tempIndex(
      ["20T09:00:00", "20T10:30:00", "21T00:00:00"].map((time, number) =>
        makeDocument(String(number), {
          sortAt: at(time),
          title: number === 0 ? "tram tram tram" : "a tram among other words",
          facets: {
            source: ["s"],
            topic: number ? ["a", "b"] : ["a"],
            day: [`2026-11-2${number}`],
          } as never,
        }),
      ),
    );
  });
  afterAll(() => trams.close());

  test("what is found is sorted by time where a reader wants that", () => {
    expect(trams.ids("tram", { sort: "newest" })).toEqual(["2", "1", "0"]);
    expect(trams.ids("tram", { sort: "oldest" })).toEqual(["0", "1", "2"]);
  });

  test("what is found is sorted by how well it fits where a reader wants nothing else", () => {
    expect(trams.ids("tram")).toEqual(["0", "2", "1"]);
  });

  test("without words everything is found, the newest first", () => {
    expect(trams.ids("")).toEqual(["2", "1", "0"]);
  });

  test("since and until bound what is found, a day as a whole", () => {
    expect(trams.ids("since:2026-11-21")).toEqual(["2"]);
    expect(trams.ids("tram since:2026-11-20T10:00Z until:2026-11-20")).toEqual(["1"]);
  });

  test("facets count all that is found, also what another page shows", () => {
    const { total, exact, facets } = trams.find("tram", { limit: 1, offset: 1 });
    expect({ total, exact }).toEqual({ total: 3, exact: true });
    expect(facets.topic).toEqual([
      { value: "a", count: 3 },
      { value: "b", count: 2 },
    ]);
    expect(facets.day.map(({ value }) => value)).toEqual([
      "2026-11-22",
      "2026-11-21",
      "2026-11-20",
    ]);
  });
});

test("a great many matches are counted up to a bound, a title beyond it is ranked, all are counted when asked for", () => {
  const common = Array.from({ length: 1100 }, (_, number) =>
    makeDocument(`n${number}`, {
      sortAt: new Date(at("20T00:00:00").getTime() + number * 60_000),
      text: "tram",
    }),
  );
  const old = makeDocument("old", { sortAt: at("01T00:00:00"), title: "tram" });
  const { find } = open([...common, old]);
  const few = find("tram", { limit: 1 });
  expect(few).toMatchObject({ total: 1000, exact: false, hits: [{ articleId: "old" }] });
  expect(find("tram", { exact: true })).toMatchObject({ total: 1101, exact: true });
});

test("common words order nothing where every match has a rarer one; nothing that matches is left out", () => {
  const bounds = { sample: 10, common: 0.3 };
  const texts = Array.from({ length: 20 }, (_, number) =>
    makeDocument(`n${number}`, {
      sortAt: new Date(at("20T00:00:00").getTime() + number * 60_000),
      title: number === 3 ? "city city city" : "city",
      text: number < 5 ? "depot" : "park",
    }),
  );
  const { path } = open(texts);
  const db = openFile(path, true);
  onTestFinished(() => db.close());
  const ids = (query: string) =>
    findIn(db, { ...SEARCH_REQUEST, query }, bounds).hits.map(({ articleId }) => articleId);
  // By `depot` alone they are alike but for their length.
  expect(ids("city depot").toSorted()).toEqual(["n0", "n1", "n2", "n3", "n4"]);
  expect(ids("city depot")[4]).toBe("n3");
  expect(ids("city OR depot")).toHaveLength(10);
  expect(findIn(db, { ...SEARCH_REQUEST, query: "city OR depot" }, bounds).total).toBe(20);
});

test("what readers may not see is found only by those who ask for all", () => {
  const { ids, find } = open([
    makeDocument("a", { title: "tram now" }),
    makeDocument("a", { title: "tram before", revision: 1, shown: false }),
    makeDocument("gone", {
      title: "tram",
      shown: false,
      facets: { status: ["retracted"] } as never,
    }),
  ]);
  expect(ids("tram")).toEqual(["a"]);
  expect(find("before", { all: true }).hits).toEqual([{ articleId: "a", revision: 1 }]);
  expect(ids("status:retracted", { all: true })).toEqual(["gone"]);
});

test("what was taken out leaves the file, once it is cleaned", () => {
  const filler = Array.from({ length: 300 }, (_, number) =>
    makeDocument(`f${number}`, { text: `word${number} other${number * 7}` }),
  );
  const { index, ids, path } = open([...filler, makeDocument("x", { text: "canaryword is here" })]);
  index.put({ articleIds: ["x"], documents: [] }, { seq: 2, epoch: 0 });
  expect(ids("canaryword")).toEqual([]);
  while (index.clean());
  expect(readFileSync(path).includes("canaryword")).toBe(false);
  expect(ids("word7")).toEqual(["f7"]);
});

test("a new index takes the old one's place when it is whole, for whoever has it open, too", () => {
  const { index, path, ids } = open([makeDocument("old", { title: "tram" })]);
  const other = openIndex(path);
  expect(other.find({ ...SEARCH_REQUEST, query: "tram" }).hits).toHaveLength(1);
  index.begin();
  index.add({ articleIds: ["new"], documents: [makeDocument("new", { title: "tram" })] });
  expect(ids("tram")).toEqual(["old"]);
  expect(index.state()).toMatchObject({ building: 1, at: { seq: 1 } });
  index.finish({ seq: 7, epoch: 1 });
  expect(ids("tram")).toEqual(["new"]);
  expect(other.find({ ...SEARCH_REQUEST, query: "tram" }).hits[0]?.articleId).toBe("new");
  expect(other.state()).toEqual({ at: { seq: 7, epoch: 1 }, building: null });
  expect(other.count()).toBe(1);
  other.close();
});

test("of two that go on from one place only the first puts what comes next", () => {
  const { index, path, ids } = open([makeDocument("old", { title: "tram" })]);
  const other = openIndex(path);
  onTestFinished(() => other.close());
  const [here, next] = [
    { seq: 1, epoch: 0 },
    { seq: 5, epoch: 0 },
  ];
  const batch = (title: string) => ({
    articleIds: ["new"],
    documents: [makeDocument("new", { title })],
  });
  expect(other.put(batch("newer words"), next, here)).toBe(true);
  expect(index.put(batch("older words"), { seq: 3, epoch: 0 }, here)).toBe(false);
  expect([index.state().at, ids("newer"), ids("older")]).toEqual([next, ["new"], []]);
});

test("two that build an index at once don't disturb each other", () => {
  const { index, path, ids } = open([makeDocument("old", { title: "tram" })]);
  const other = openIndex(path);
  onTestFinished(() => other.close());
  const batch = { articleIds: ["new"], documents: [makeDocument("new", { title: "tram" })] };
  index.begin();
  other.begin();
  index.add(batch);
  index.finish({ seq: 7, epoch: 0 });
  expect(ids("tram")).toEqual(["new"]);
  other.add(batch);
  other.finish({ seq: 8, epoch: 0 });
  expect([ids("tram"), index.state().at?.seq]).toEqual([["new"], 8]);
});

test("a build can begin before there is a folder", () => {
  const { path } = open();
  const other = openIndex(join(dirname(path), "search", "index.sqlite"));
  onTestFinished(() => other.close());
  other.begin();
  expect(other.state().building).toBe(0);
});

test("a build that is given up leaves no file, and one that was killed long ago is removed", () => {
  const { index, path } = open();
  const killed = `${path}.next-1-dead`;
  writeFileSync(killed, "");
  utimesSync(killed, 0, 0);
  const other = openIndex(path);
  other.begin();
  other.close();
  expect(readdirSync(dirname(path)).filter((name) => name.includes("next"))).toEqual([]);
  expect(index.state().building).toBeNull();
});

test("what is dated before a time is taken out", () => {
  const { index, ids } = open([
    makeDocument("old", { sortAt: at("01T00:00:00") }),
    makeDocument("new", { sortAt: at("20T00:00:00") }),
  ]);
  expect(index.dropBefore(at("10T00:00:00"))).toBe(1);
  expect(ids("", { all: true })).toEqual(["new"]);
});
