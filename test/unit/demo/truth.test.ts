import { beforeEach, describe, expect, it } from "vitest";
import { handMade } from "../../../demo/hand-made.ts";
import {
  compareWithTruth,
  type ExportedArticle,
  type Truth,
  type WorldReport,
} from "../../../demo/truth.ts";

const setting = { port: 18080, seed: 1, now: new Date("2026-03-18T10:20:00Z") };
const truth: Truth = handMade(setting).truth();
let stored: ExportedArticle[];

const plain = {
  canonicalUrl: null,
  text: "",
  publishedAt: null,
  language: null,
  duplicateOf: null,
};

/** What a run without any fault would export. */
function perfect(): ExportedArticle[] {
  const announced = truth.announced.map((one) => ({
    ...plain,
    id: one.url,
    url: one.url,
    sourceId: one.sourceId,
    title: one.title,
    completeness: one.completeness,
    incompleteReason: one.reason,
    storyId: one.url,
  }));
  const whole = truth.articles.map((one) => ({
    id: one.url,
    url: one.variants[0] ?? one.url,
    canonicalUrl: one.url,
    sourceId: one.sourceId,
    title: one.title,
    text: one.text,
    publishedAt: one.publishedAt,
    language: one.language,
    duplicateOf: one.duplicateOf,
    storyId: one.duplicateOf ?? one.url,
  }));
  return [...whole, ...announced];
}

const at = (part: string): ExportedArticle => {
  const found = stored.find((one) => one.canonicalUrl?.includes(part));
  if (!found) throw new Error(`no ${part}`);
  return found;
};
const differences = () => compareWithTruth(truth, stored);

beforeEach(() => {
  stored = perfect();
});

describe("compareWithTruth", () => {
  it("finds nothing in a faultless export", () => {
    expect(differences()).toEqual([]);
  });

  it("finds a missing article, one stored twice and one too many", () => {
    const twice = { ...at("plain-letters"), id: "again" };
    const other = { ...twice, canonicalUrl: null, url: "http://agency.example:18080/admin/x" };
    stored = [...stored.filter((one) => !one.url.includes("cloud-exit")), twice, other];
    expect(differences()).toEqual([
      'unexpected article stored: http://agency.example:18080/admin/x "Rewriting one letter saves a benefits office 3,000 calls a month"',
      "stored 2 times instead of once: http://agency.example:18080/news/plain-letters",
      'missing: http://agency.example:18080/news/cloud-exit-museum "Why the maritime archive brought its data home from the cloud"',
    ]);
  });

  it("finds wrong titles, sources, languages and dates", () => {
    at("plain-letters").title += " | Harbour Digital Agency";
    at("dublin-bus").sourceId = "metro-ledger";
    at("gemeentekrant").language = "de";
    at("civicwire.example").publishedAt = "2026-03-01T00:00:00.000Z";
    at("villebranchee").publishedAt = null;
    expect(differences().map((line) => line.split(" of ")[0])).toEqual([
      "wrong title",
      "wrong source",
      "wrong date",
      "wrong language",
      "wrong date",
    ]);
  });

  it("takes a day for a date only where the site says no more", () => {
    const day = at("stadtnetz");
    day.publishedAt = `${day.publishedAt?.slice(0, 10)}T00:00:00.000Z`;
    expect(differences()).toEqual([]);
    const tokyo = at("machikado");
    tokyo.publishedAt = `${tokyo.publishedAt?.slice(0, 10)}T00:00:00.000Z`;
    expect(differences()).toHaveLength(1);
  });

  it.each(["agency.example", "zhihui.example", "baladiya.example"])(
    "finds text that is missing or too much on %s",
    (host) => {
      const one = at(host);
      const paragraphs = one.text.split("\n\n");
      one.text = paragraphs.slice(1).join("\n\n");
      expect(differences()).toEqual([expect.stringContaining("is missing")]);
      one.text = [...paragraphs, at("machikado").text, at("rathaus").text].join("\n\n");
      expect(differences()).toEqual([expect.stringContaining("does not belong to it")]);
    },
  );

  it("takes text whose paragraphs are joined in another way", () => {
    for (const one of stored) one.text = one.text.replace(/\s+/g, " ");
    expect(differences()).toEqual([]);
  });

  it("finds copies without a link and links without a reason", () => {
    const copy = at("lisbon-open-budget/");
    copy.storyId = copy.id;
    expect(differences()).toEqual([]);
    copy.duplicateOf = null;
    expect(differences()).toEqual([expect.stringContaining("duplicate not linked")]);
    copy.duplicateOf = at("lisbon-open-budget.html").id;
    at("plain-letters").storyId = at("dublin-bus").storyId;
    expect(differences()).toEqual([expect.stringContaining("joined by mistake")]);
  });

  it("finds what was announced and is missing, or is told otherwise", () => {
    const [one, other] = stored.filter(({ completeness }) => completeness !== undefined);
    if (!one || !other) throw new Error("nothing is announced");
    stored.splice(stored.indexOf(one), 1);
    other.completeness = "full";
    expect(differences()).toEqual([
      expect.stringContaining("wrong announcement of"),
      expect.stringContaining("missing although it is announced"),
    ]);
  });

  it("finds requests that should not have been made or came too soon", () => {
    const polite = { count: 9, minGapMs: 100, minStartGapMs: 100, maxConcurrent: 1 };
    const report: WorldReport = {
      requests: [],
      summary: {
        "agency.example:18080": { ...polite, minGapMs: 40 },
        "civicwire.example:18080": { ...polite, minGapMs: 0, minStartGapMs: 50, maxConcurrent: 2 },
        "stadtnetz.example:18080": { ...polite, maxConcurrent: 2 },
        "vestnik.example:18080": polite,
      },
      forbiddenHits: ["http://baladiya.example:18080/members/tenders"],
    };
    expect(compareWithTruth(truth, stored, report)).toEqual([
      "forbidden page requested: http://baladiya.example:18080/members/tenders",
      "agency.example:18080 got the next request after 40 ms instead of 100 ms",
      "stadtnetz.example:18080 got 2 requests at once instead of 1",
    ]);
  });
});
