import { describe, expect, test } from "vitest";
import { articleUrlOf, draftArticle, hashContent } from "../../../../articles/revisions/draft.ts";
import { LANGUAGE_RULES_VERSION } from "../../../../extractors/rules.ts";
import { makeArticle } from "../../../helpers/articles.ts";
import { makeReading, SEEN } from "../../../helpers/reading.ts";

const URL_A = "https://city.example/news/a";
const day = 86_400_000;
const later = (ms: number) => new Date(SEEN.getTime() + ms);

describe("draftArticle", () => {
  test("a new article starts at version and revision 1 as its own story", () => {
    const draft = draftArticle("a", makeReading(URL_A), null, "UTC");
    expect(draft).toMatchObject({
      version: 1,
      revision: 1,
      storyId: "a",
      duplicateOf: null,
      status: "published",
      firstSeenAt: SEEN,
      sortAt: new Date("2026-11-25T08:00:00Z"),
      captureId: `capture of ${URL_A}`,
      sourceVersion: 1,
      derived: { language: LANGUAGE_RULES_VERSION, places: "1", topics: "1", relevance: "1" },
    });
  });

  test("its day is that of the portal's time zone", () => {
    const publishedAt = new Date("2026-11-24T16:30:00Z");
    const reading = makeReading(URL_A, { fields: { publishedAt } });
    expect(draftArticle("a", reading, null, "UTC").day).toBe("2026-11-24");
    expect(draftArticle("a", reading, null, "Asia/Shanghai").day).toBe("2026-11-25");
  });

  test.each(["UTC", "America/New_York", "Asia/Shanghai"])(
    "a day without a time is the same day in %s",
    (timezone) => {
      const publishedAt = new Date("2026-11-24T00:00:00Z");
      const fields = { publishedAt, publishedPrecision: "day" } as const;
      const draft = draftArticle("a", makeReading(URL_A, { fields }), null, timezone);
      expect(draft).toMatchObject({ publishedAt, day: "2026-11-24" });
    },
  );

  test("without a date it is sorted by when it was first seen", () => {
    const reading = makeReading(URL_A, { fields: { publishedAt: null } });
    expect(draftArticle("a", reading, null, "UTC")).toMatchObject({
      publishedAt: null,
      sortAt: SEEN,
    });
  });

  test("a date in the future becomes the time of the first look, and stays there at later ones", () => {
    const fields = { publishedAt: later(30 * day) };
    const first = draftArticle("a", makeReading(URL_A, { fields }), null, "UTC");
    expect(first.publishedAt).toEqual(SEEN);
    const again = makeReading(URL_A, { fields, capture: { fetchedAt: later(2 * day) } });
    const second = draftArticle("a", again, { ...first, pending: [] }, "UTC");
    expect(second).toMatchObject({ publishedAt: SEEN, sortAt: SEEN, day: first.day });
  });

  test("the next version keeps what never moves; the revision grows with the content alone", () => {
    const firstSeenAt = later(-day);
    const same = makeReading(URL_A);
    const { text, title } = draftArticle("a", same, null, "UTC");
    const before = makeArticle("a", {
      version: 4,
      revision: 2,
      contentHash: hashContent(title, text),
      sourceId: "first-source",
      storyId: "head",
      duplicateOf: "head",
      firstSeenAt,
      lastSeenAt: later(day),
    });
    const previous = {
      sourceId: "first-source",
      storyId: "head",
      duplicateOf: "head",
      firstSeenAt,
    };
    const moved = { version: 5, revision: 2, lastSeenAt: later(day) };
    expect(draftArticle("a", same, before, "UTC")).toMatchObject({ ...previous, ...moved });
    const changed = makeReading(URL_A, { fields: { text: "Another text." } });
    expect(draftArticle("a", changed, before, "UTC")).toMatchObject({ ...previous, revision: 3 });
  });

  test("a rule of publication ends with the rule in the source's file", () => {
    const before = makeArticle("a", { publish: "full" });
    expect(draftArticle("a", makeReading(URL_A), before, "UTC").publish).toBeNull();
  });
});

describe("contentHash", () => {
  test("white space and Unicode form don't count, words and title do", () => {
    expect(hashContent("Title", "a  b\n\nc")).toBe(hashContent("Title", "a b c"));
    expect(hashContent("Café", "x")).toBe(hashContent("Cafe\u0301", "x"));
    expect(hashContent("Title", "a b c")).not.toBe(hashContent("Title", "a b d"));
    expect(hashContent("Title", "a b")).not.toBe(hashContent("Title a", "b"));
  });
});

describe("articleUrlOf", () => {
  const at = (canonicalUrl: string | null, finalUrl = URL_A) =>
    articleUrlOf(makeReading(URL_A, { fields: { canonicalUrl }, capture: { finalUrl } }));

  test("the publisher's canonical address of the same site is believed", () => {
    expect(at("https://www.city.example/news/a-long-title")).toBe(
      "https://www.city.example/news/a-long-title",
    );
  });

  test.each([null, "https://elsewhere.example/a", "https://city.example/"])(
    "%s is not: readers go where the page was",
    (canonical) => {
      expect(at(canonical, "https://city.example/news/final")).toBe(
        "https://city.example/news/final",
      );
    },
  );
});

test("what other rules of ours read otherwise is no revision of the publisher's", () => {
  const first = draftArticle("a", makeReading("https://city.example/a"), null, "UTC");
  const fields = { text: `${first.text}\n\nOne more paragraph.` };
  const revisedBy = (extractor: string, captureId = "next") => {
    const reading = makeReading("https://city.example/a", { fields, capture: { _id: captureId } });
    return draftArticle("a", reading, { ...first, extractor, pending: [] }, "UTC").revised;
  };
  expect(revisedBy(first.extractor)).toMatchObject({ revision: 2, kind: "update" });
  expect(revisedBy("0")).toMatchObject({ revision: 2, kind: "reading" });
  expect(revisedBy(first.extractor, first.captureId)).toMatchObject({
    revision: 2,
    kind: "reading",
    because: "the same response, read again",
  });
});
