import { describe, expect, test } from "vitest";
import {
  forAnalysis,
  forStore,
  holding,
  inAll,
  withholds,
} from "../../../../articles/reading/verdict.ts";
import type { Extraction } from "../../../../model/articles/extraction.ts";
import { Source } from "../../../../model/sources/source.ts";
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

describe("consent of the publisher", () => {
  const sourceWith = (rights: object) =>
    Source.parse({ id: "xy", name: "X", feeds: ["https://x.example/f"], rights });

  test("lifts what it names and nothing else", () => {
    const source = sourceWith({ consent: { to: ["tdm"], reason: "licence of 12 May" } });
    expect(holding(["tdm", "noarchive", "nosnippet"], source)).toEqual(["noarchive", "nosnippet"]);
  });

  test("that is missing lifts nothing", () => {
    expect(holding(["tdm", "noarchive"], sourceWith({}))).toEqual(["tdm", "noarchive"]);
  });
});

test("markup that leaves mining free lifts the host's TDM reservation alone", () => {
  expect(inAll(["no-tdm"], ["tdm", "noarchive"])).toEqual(["noarchive"]);
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
