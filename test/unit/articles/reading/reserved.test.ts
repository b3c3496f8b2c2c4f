import { describe, expect, test } from "vitest";
import {
  forAnalysis,
  forStore,
  isConsented,
  pageRights,
  withholds,
} from "../../../../articles/reading/parse-tasks.ts";
import type { Extraction } from "../../../../model/articles/fields.ts";
import { Source } from "../../../../model/sources/source.ts";
import type { DeclaredUse } from "../../../../model/usage-rights.ts";
import { makeReading } from "../../../helpers/reading.ts";

const { extraction: plain } = makeReading("https://city.example/a", {
  fields: { teaser: "The gist.", text: "FULL-TEXT", html: "<p>FULL-TEXT</p>" },
}).extracted;
const found = (rule: string) => ({ rule, seen: "FULL-TEXT", confidence: 1 });
const withTeaserBy = (rule: string): Extraction => ({
  ...plain,
  evidence: { text: found("body"), html: found("body"), teaser: { ...found(rule), seen: null } },
});
const page = withTeaserBy("meta description");

const seenAt = new Date("2026-11-28T10:00:00Z");
const pageWith = (headers: Record<string, string>, declared: Partial<DeclaredUse> = {}) => ({
  url: "https://city.example/a",
  product: "Newsgather",
  seenAt,
  headers,
  declared: {
    robots: [],
    tdmReservation: null,
    tdmPolicy: null,
    licences: [],
    licenceTexts: [],
    license: null,
    usageInfo: null,
    isAccessibleForFree: null,
    ...declared,
  },
});

describe("consent of the publisher", () => {
  const sourceWith = (rights: object) =>
    Source.parse({ id: "xy", name: "X", feeds: ["https://x.example/f"], rights });
  const headers = { "x-robots-tag": "noarchive, nosnippet", "tdm-reservation": "1" };
  const reservedBy = (consent: object) =>
    pageRights(pageWith(headers), sourceWith(consent)).reserved;

  test("lifts what it names and nothing else", () => {
    const source = { consent: { to: ["tdm"], reason: "licence of 12 May" } };
    expect(reservedBy(source)).toEqual(["noarchive", "nosnippet"]);
  });

  test("that is missing lifts nothing", () => {
    expect(reservedBy({})).toEqual(["noarchive", "nosnippet", "tdm"]);
  });

  test("to one use leaves the others denied, and is told apart", () => {
    const consent = { to: ["ai-train"], reason: "licence of 12 May" };
    const signals = pageWith({ "content-usage": "train-ai=n, ai-use=n" });
    const rights = pageRights(signals, sourceWith({ consent }));
    const uses = rights.binding.flatMap(({ denies = [] }) => denies);
    expect([uses, isConsented(rights)]).toEqual([["ai-input"], true]);
    expect(isConsented(pageRights(signals, sourceWith({})))).toBe(false);
  });
});

describe("what is reserved", () => {
  const of = (headers: Record<string, string>, declared?: Partial<DeclaredUse>) =>
    pageRights(pageWith(headers, declared), null).reservations;
  const tagged = (value: string) => of({ "x-robots-tag": value });

  test("X-Robots-Tag for all robots counts, in any letters and company", () => {
    expect(tagged("noindex")).toEqual(["noindex"]);
    expect(tagged("NoIndex, NOARCHIVE")).toEqual(["noindex", "noarchive"]);
    expect(tagged("none")).toEqual(["noindex"]);
    expect(tagged("max-snippet: 20, noindex")).toEqual(["noindex"]);
    expect(tagged("unavailable_after: 25 Jun 2030 15:00:00 GMT")).toEqual([]);
    expect(tagged("index, follow, max-image-preview:large")).toEqual([]);
  });

  test("lines and parts for another robot don't count, those for us do", () => {
    expect(tagged("googlebot: noindex")).toEqual([]);
    expect(tagged("googlebot-news: noindex\nnoarchive")).toEqual(["noarchive"]);
    expect(tagged("googlebot: nofollow, noindex")).toEqual([]);
    expect(tagged("newsgather: noindex")).toEqual(["noindex"]);
    expect(tagged("googlebot: noindex, newsgather: noarchive")).toEqual(["noarchive"]);
  });

  test("what a directive's value happens to contain is no directive", () => {
    expect(tagged("max-image-preview: none")).toEqual([]);
    expect(tagged("noindexifembedded")).toEqual([]);
  });

  test("noai in X-Robots-Tag reserves mining, whatever the header on mining says", () => {
    expect(of({ "x-robots-tag": "noai", "tdm-reservation": "0" })).toEqual(["tdm"]);
  });

  test("a TDM reservation counts among blanks", () => {
    expect(of({ "tdm-reservation": " 1 " })).toEqual(["tdm"]);
  });

  test("TDM reservation and markup are added, each once", () => {
    const robots = [{ name: "robots", content: "noindex" }];
    const headers = { "tdm-reservation": "1", "x-robots-tag": "noindex" };
    expect(of(headers, { robots })).toEqual(["noindex", "tdm"]);
    expect(of({ "tdm-reservation": "0" })).toEqual([]);
  });

  test("a licence that permits search alone reserves mining", () => {
    const license = '<license><permits type="usage">search</permits></license>';
    const text = `<rsl xmlns="https://rslstandard.org/rsl"><content url="">${license}</content></rsl>`;
    expect(of({}, { licenceTexts: [text] })).toEqual(["tdm"]);
  });

  test("no excerpt is reserved by its name, and a shorter one isn't", () => {
    expect([tagged("nosnippet"), tagged("max-snippet:0"), tagged("max-snippet:9")]).toEqual([
      ["nosnippet"],
      ["nosnippet"],
      [],
    ]);
  });

  test("a page whose time is over may be used for nothing", () => {
    expect(tagged("unavailable_after: 25 Jun 2010 15:00:00 GMT")).toEqual([
      "noindex",
      "noarchive",
      "tdm",
    ]);
  });
});

describe("what is stored", () => {
  test.each(["tdm", "noarchive"])(
    "of a page with %s is its teaser in place of the text",
    (name) => {
      const stored = forStore(page, [name]);
      expect(stored.fields).toMatchObject({ text: "The gist.", html: null });
      expect(JSON.stringify(stored)).not.toContain("FULL-TEXT");
    },
  );

  test("of a page with nosnippet is all of it", () => {
    expect(forStore(page, ["nosnippet"])).toEqual(page);
  });
});

describe("what is analysed of a page with a TDM reservation", () => {
  test("is the publisher's teaser in place of the text", () => {
    const analysed = forAnalysis(page, ["tdm"]);
    expect(analysed.fields).toMatchObject({ text: "The gist.", html: null, teaser: "The gist." });
    expect(JSON.stringify(analysed)).not.toContain("FULL-TEXT");
  });

  test("is no teaser that we cut from the text ourselves", () => {
    const analysed = forAnalysis(withTeaserBy("first paragraphs"), ["tdm"]);
    expect(analysed.fields).toMatchObject({ text: null, teaser: null });
  });
});

test("a page without a TDM reservation is analysed whole", () => {
  expect(forAnalysis(page, ["noarchive"])).toEqual(page);
});

test("the bytes of a page are withheld for a TDM reservation or noarchive alone", () => {
  const reasons = [["tdm"], ["noarchive"], ["nosnippet"], []].map((names) => withholds(names));
  expect(reasons).toEqual(["tdm", "noarchive", null, null]);
});
