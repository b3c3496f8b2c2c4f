import type { Classification } from "../../articles/classify/classify.ts";
import { fingerprint } from "../../articles/matching/fingerprint.ts";
import type { Reading } from "../../articles/revisions/draft.ts";
import type { ArticleFields, Extraction } from "../../model/articles/fields.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import { textOf } from "./site.ts";

/** When the pages of readings are fetched, by default. */
export const SEEN = new Date("2026-11-25T10:00:00Z");

/** What a test specifies about the page. */
export interface PageOverrides {
  fields?: Partial<ArticleFields>;
  classified?: Partial<Classification>;
  capture?: Partial<Capture>;
  ampUrl?: string;
}

/** Returns the reading of a plain article page at `url`. */
export function makeReading(url: string, overrides: PageOverrides = {}): Reading {
  const capture = { ...makeCapture(url), ...overrides.capture };
  const fields: ArticleFields = {
    title: `Title of ${url}`,
    text: textOf(url),
    html: null,
    teaser: "What it says.",
    authors: ["Ada Example"],
    publishedAt: new Date("2026-11-25T08:00:00Z"),
    publishedPrecision: "instant",
    modifiedAt: null,
    language: "en",
    section: null,
    tags: null,
    image: null,
    siteName: null,
    canonicalUrl: null,
    isAccessibleForFree: null,
    wordCount: 160,
    ...overrides.fields,
  };
  const classified: Classification = {
    title: fields.title ?? "",
    prefix: "DE: ",
    country: "DE",
    region: null,
    regionCode: null,
    city: null,
    place: {
      country: "DE",
      region: null,
      city: null,
      confidence: 0.4,
      because: { country: "source", region: null },
      hits: [],
    },
    topics: ["smart-city"],
    byTopic: [{ id: "smart-city", score: 0, because: "declared", hits: [] }],
    relevance: {
      score: 0.27,
      min: 0,
      parts: { topics: 0, declared: 0.15, place: 0.05, trust: 0.07 },
    },
    language: "en",
    derived: { places: "1", topics: "1", relevance: "1" },
    ...overrides.classified,
  };
  const ampUrl = overrides.ampUrl ?? null;
  const page = { kind: "article" as const, confidence: 1, ampUrl };
  const extraction: Extraction = { fields, evidence: {}, page };
  const { fetchedAt } = capture;
  const at = fields.publishedAt && fields.publishedAt < fetchedAt ? fields.publishedAt : fetchedAt;
  const print = fingerprint({
    sourceId: "cities",
    trust: 0.5,
    language: classified.language,
    title: classified.title,
    text: fields.text ?? "",
    at,
  });
  const article = { classified, fingerprint: print };
  return {
    extracted: { extraction, article },
    capture,
    sourceId: "cities",
    sourceVersion: 1,
    rights: [],
    reserved: [],
  };
}

/** Returns the stored response at `url`. */
export function makeCapture(url: string, differing: Partial<Capture> = {}): Capture {
  return {
    _id: `capture of ${url}`,
    linkId: "link",
    sourceId: "cities",
    runId: "run",
    sourceVersion: 1,
    kind: "article",
    lane: "http",
    url,
    finalUrl: url,
    status: 200,
    requestHeaders: {},
    headers: {},
    hops: [],
    address: null,
    fetchedAt: SEEN,
    ms: 10,
    bytes: 100,
    decodedBytes: 100,
    bodyId: "body",
    truncated: false,
    reason: null,
    withheld: null,
    consent: null,
    reservations: [],
    robotsOverride: null,
    ...differing,
  };
}
