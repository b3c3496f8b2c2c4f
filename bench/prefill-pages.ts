import { classify } from "../articles/classify/classify.ts";
import { openGazetteer } from "../articles/classify/places/gazetteer.ts";
import { placeFinder } from "../articles/classify/places/places.ts";
import { topicMatcher } from "../articles/classify/topics/matcher.ts";
import { commitArticles } from "../articles/ingest/commit.ts";
import type { ReadPage } from "../articles/ingest/decide.ts";
import { newLink } from "../articles/ingest/links.ts";
import { fingerprint } from "../articles/matching/fingerprint.ts";
import { urlKey } from "../crawler/links/url.ts";
import type { TrueArticle } from "../demo/truth.ts";
import { digest } from "../lib/text.ts";
import { DAY_MS } from "../lib/time.ts";
import type { ArticleFields } from "../model/articles/fields.ts";
import type { Body, Capture } from "../model/crawl/capture.ts";
import type { Link } from "../model/crawl/link.ts";
import { addCaptures } from "../store/crawl/captures.ts";
import { addLinks } from "../store/crawl/links.ts";
import type { Store } from "../store/store.ts";
import { makeCapture } from "../test/helpers/reading.ts";
import { scaled } from "./world/scaled.ts";

const ARTICLES_PER_DAY = 1000;
const OLDEST = Date.UTC(2026, 0, 1);
/** With empty tables, place and topics come from the source. */
const NO_TABLES = { topics: topicMatcher([]), places: placeFinder(openGazetteer("0\n"), "none") };

/**
 * Stores `count` generated articles with their links and captures, beginning with article number
 * `from`.
 */
export async function storePages(store: Store, from: number, count: number): Promise<void> {
  // Each batch is a world with its own seed, so texts and URLs differ over the whole archive.
  const timeOf = (n: number) => new Date(OLDEST + (n / ARTICLES_PER_DAY) * DAY_MS);
  const now = timeOf(from + count);
  const plan = scaled({ port: 80, seed: from + 1, now }, { sites: 20, articles: count });
  const articles = plan.truth().articles.map((article, n) => {
    const url = article.url.replace(/(\.\w+)?$/, `-${from}$1`);
    return { ...article, url, publishedAt: timeOf(from + n).toISOString() };
  });
  const pages = articles.map((article) => pageOf(article, now));
  await addLinks(
    store,
    pages.map(({ link }) => ({ ...link, state: "done" as const, dueAt: null })),
  );
  await addCaptures(
    store,
    pages.map(({ capture }) => capture),
    articles.map((article) => bodyOf(article, now)),
  );
  await commitArticles(store, pages, { timezone: "UTC", now: () => now });
}

function pageOf(article: TrueArticle, now: Date): ReadPage {
  const { url, sourceId, title, text, language } = article;
  const id = urlKey(url);
  const found = { url, kind: "article", page: 1, hints: {} } as const;
  const run = { runId: `${sourceId}-prefill`, parentId: null, lane: "http", now } as const;
  const link: Link = newLink(found, { id, source: { _id: sourceId }, ...run });
  const capture = captureOf(article, link, now);
  const fields = fieldsOf(article);
  const source = { topics: ["egovernment", "smart-city"], language, country: "DE" };
  const classified = classify({ title, source, fields, ...NO_TABLES });
  const at = new Date(article.publishedAt);
  const print = fingerprint({ sourceId, trust: 0.5, language, title, text, at });
  const page = { kind: "article", confidence: 1, reservations: [], ampUrl: null } as const;
  const extraction = { fields, evidence: {}, page: { ...page, reservations: [] } };
  const extracted = { extraction, article: { classified, fingerprint: print } };
  return {
    link,
    capture,
    reading: { extracted, capture, sourceId, sourceVersion: 1, rights: [], reserved: [] },
  };
}

function bodyOf({ text }: TrueArticle, storedAt: Date): Body {
  const bytes = Buffer.from(text);
  return { _id: digest(bytes), bytes, encoding: "gzip", size: bytes.length, storedAt };
}

function captureOf(article: TrueArticle, link: Link, now: Date): Capture {
  const body = bodyOf(article, now);
  return makeCapture(article.url, {
    _id: `capture-${link._id}`,
    linkId: link._id,
    sourceId: article.sourceId,
    runId: link.runId,
    headers: { "content-type": "text/html; charset=utf-8" },
    address: "127.1.0.1",
    fetchedAt: now,
    ms: 20,
    bytes: body.size,
    decodedBytes: body.size,
    bodyId: body._id,
  });
}

function fieldsOf({ url, title, text, language, publishedAt }: TrueArticle): ArticleFields {
  return {
    title,
    text,
    html: null,
    teaser: text.split("\n\n").slice(0, 2).join("\n\n"),
    authors: null,
    publishedAt: new Date(publishedAt),
    publishedPrecision: "instant",
    modifiedAt: null,
    language,
    section: null,
    tags: null,
    image: null,
    siteName: null,
    canonicalUrl: url,
    isAccessibleForFree: null,
    wordCount: text.split(/\s+/).length,
  };
}
