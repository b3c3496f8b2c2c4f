import { beforeAll, describe, expect, test } from "vitest";
import { parseQuery } from "../../archive/search/parse-query.ts";
import { wordsOf } from "../../archive/search/words.ts";
import { classify, withdrawnWords } from "../../articles/classify/classify.ts";
import { topicMatcher } from "../../articles/classify/topics/matcher.ts";
import { fingerprint } from "../../articles/matching/fingerprint.ts";
import { loadPlaces } from "../../articles/reading/gazetteer.ts";
import { hashContent } from "../../articles/revisions/draft.ts";
import { leadOf } from "../../articles/stream/lead.ts";
import { EXTRACT_BOUNDS, LIMITS } from "../../config/limits.ts";
import { hideCredentials } from "../../config/logger.ts";
import { decodeText } from "../../crawler/http/decode.ts";
import { disposition, type Received, retryAfter } from "../../crawler/http/response.ts";
import { discover } from "../../crawler/links/discover.ts";
import { readPublishedAt } from "../../crawler/links/published-at.ts";
import { fetchUrl, pathPattern, urlKey } from "../../crawler/links/url.ts";
import { pageSignals } from "../../crawler/rights/page-signals.ts";
import { isAllowed, parseRobots, tdmCopy } from "../../crawler/robots/robots.ts";
import { dropBoilerplate, keyedParagraphs } from "../../extractors/boilerplate.ts";
import { extract } from "../../extractors/extract.ts";
import { prepare } from "../../extractors/language.ts";
import { TimeText } from "../../model/request-times.ts";
import { makeSource } from "../helpers/articles.ts";
import { growthOf, LINEAR, leastCpuOf } from "../helpers/cpu.ts";
import { makeReading } from "../helpers/reading.ts";
import { isVerify } from "../helpers/size.ts";
import { WORST_TEXTS } from "../helpers/worst-texts.ts";

const now = new Date("2026-11-25T12:00:00Z");
const home = "https://city.example/";
const listing = { url: `${home}list`, link: "a", item: undefined, pages: 3, next: "a.next" };
const source = makeSource("city", { home, feeds: [`${home}feed`], listings: [listing] as never });
const topics = topicMatcher([]);
const places = loadPlaces();

/** Longest text of a page that is tried; `npm run verify` tries more. */
const PAGE = isVerify ? 1_000_000 : 100_000;
/** CPU ms that a main thread may be at one input: 20 on a quiet machine, with room for a busy one. */
const MAIN_THREAD_MS = 100;
/**
 * CPU ms that a million characters may take, on a slow day of the machine: a thread is ended after 5,000. Growth is
 * hard to tell from the work of the garbage collector there.
 */
const LONG_TEXT_MS = 4000;
/** All headers of an answer together, see `config/limits.ts`. */
const HEADERS = 16_384;

/** A function that reads what comes from outside. */
interface Reader {
  /** Longest input that it is given, in characters. */
  longest: number;
  call: (text: string) => unknown;
}

const { extraction: plainPage } = makeReading(`${home}a`).extracted;

function readWith(text: string) {
  return { ...plainPage, fields: { ...plainPage.fields, text, html: `<p>${text}</p>` } };
}

const received = (header: string): Received => ({
  url: `${home}a`,
  status: 503,
  headers: { "content-type": header, "retry-after": header, "x-robots-tag": header },
  requestHeaders: {},
  location: header,
  address: null,
  startedAt: now,
  endedAt: now,
  ms: 1,
  wire: new Uint8Array(),
  encoding: null,
  decoded: new Uint8Array(),
  truncated: false,
});

const atCity = (text: string) =>
  `${home}${encodeURIComponent(text.replace(/\p{Surrogate}/gu, "")).slice(0, 8000)}`;

/** Readers on the main thread of a role. */
const MAIN: Record<string, Reader> = {
  "robots.txt": {
    longest: LIMITS.robotsBytes,
    call: (text) => isAllowed(parseRobots(`User-agent: *\nDisallow: /${text}`), "N", `${home}a`),
  },
  "a path against robots.txt": {
    longest: 8000,
    call: (text) => {
      const rules = parseRobots("User-agent: *\nDisallow: /*a*b*c*d*e*f*g*$\nDisallow: /*/*/*/x");
      return isAllowed(rules, "N", atCity(text));
    },
  },
  "tdmrep.json": {
    longest: 100_000,
    call: (text) => tdmCopy({ status: 200, text }, null, now),
  },
  headers: {
    longest: HEADERS,
    call: (text) => {
      const answer = received(text);
      const context = { kind: "article", attempts: 1, hops: [], now, random: 0 } as const;
      const signals = pageSignals({ ...answer, product: "N", seenAt: now });
      return [signals, retryAfter(text, now), disposition(answer, context)];
    },
  },
  "an address": {
    longest: 8000,
    call: (text) => {
      const url = fetchUrl(text, home);
      return url && [urlKey(url), pathPattern(url)];
    },
  },
  "a log line": { longest: PAGE, call: hideCredentials },
  "the hash of a text": {
    longest: EXTRACT_BOUNDS.text,
    call: (text) => hashContent("Title", text),
  },
  "the lead of an article": {
    longest: 8000,
    call: (text) =>
      leadOf({ teaser: text.slice(0, 3000), text, reservations: [], rights: [] }, undefined),
  },
  "a time": { longest: HEADERS, call: (text) => TimeText.safeParse(text) },
  "a search": { longest: 1000, call: (text) => tried(() => parseQuery(text)) },
};

/** Readers in threads that are ended when they take too long. */
const THREADS: Record<string, Reader> = {
  "the bytes of a page": {
    longest: PAGE,
    call: (text) => decodeText(Buffer.from(text), "text/html"),
  },
  "a page": { longest: PAGE, call: (text) => extract({ html: text, url: `${home}a`, now }) },
  "a paragraph": {
    longest: PAGE,
    call: (text) => {
      const html = `<html><body><article><h1>Title of it</h1><p>${escaped(text)}</p></article>`;
      return extract({ html, url: `${home}a`, now });
    },
  },
  "the title, author and date of a page": {
    longest: PAGE,
    call: (text) => {
      const part = escaped(text.slice(0, text.length / 4));
      const meta = `<meta name="author" content="${part}"><meta property="og:title" content="${part}">`;
      const html = `<html><head><title>${part}</title>${meta}</head><body><article><h1>${part}</h1><p class="byline">${part}</p><time>${part}</time></article>`;
      return extract({ html, url: `${home}a`, now });
    },
  },
  "keywords, picture and caption of a page": {
    longest: PAGE,
    call: (text) => {
      const part = escaped(text.slice(0, text.length / 4));
      const meta = `<meta name="keywords" content="${part}"><meta property="og:image" content="https://city.example/${part}"><meta property="article:section" content="${part}">`;
      const figure = `<figure><img src="/${part}" alt="${part}"><figcaption>${part}</figcaption></figure>`;
      const html = `<html><head>${meta}</head><body><article><h1>Title of it</h1>${figure}<p>A text.</p></article>`;
      return extract({ html, url: `${home}a`, now });
    },
  },
  "JSON-LD of a page": {
    longest: PAGE,
    call: (text) => {
      const ld = `{"@type":"NewsArticle","headline":"x","articleBody":${JSON.stringify(text)}, ${text}`;
      const html = `<script type="application/ld+json">${ld}</script><h1>Title</h1>`;
      return extract({ html, url: `${home}a`, now });
    },
  },
  "a feed": { longest: PAGE, call: (text) => found("feed", `<rss><channel><item>${text}`) },
  "an entry of a feed": {
    longest: PAGE,
    call: (text) => {
      const part = escaped(text.slice(0, text.length / 4));
      const item = `<item><title>${part}</title><link>${home}1</link><description>${part}</description><pubDate>${part}</pubDate></item>`;
      return found("feed", `<rss version="2.0"><channel>${item}</channel></rss>`);
    },
  },
  "a sitemap": { longest: PAGE, call: (text) => found("sitemap", `<urlset><url><loc>${text}`) },
  "a listing": { longest: PAGE, call: (text) => found("listing", text) },
  "a date of a feed": { longest: PAGE, call: (text) => readPublishedAt(text, "de", now) },
  "topics, places and language": {
    longest: PAGE,
    call: (text) => {
      const { fields } = readWith(text);
      return classify({ title: text.slice(0, 500), source, fields, topics, places });
    },
  },
  "a fingerprint": {
    longest: PAGE,
    call: (text) => {
      const of = { sourceId: "city", trust: 1, language: "en", at: now } as const;
      return fingerprint({ ...of, title: text.slice(0, 500), text });
    },
  },
  boilerplate: {
    longest: PAGE,
    call: (text) => {
      const extraction = readWith(text);
      const paragraphs = keyedParagraphs(extraction.fields);
      return dropBoilerplate(extraction, new Set(paragraphs.map(({ key }) => key)));
    },
  },
  "words of a retraction": { longest: PAGE, call: (text) => withdrawnWords(text, text) },
  "words of the search index": { longest: PAGE, call: (text) => [...wordsOf(text)].length },
};

function found(kind: "feed" | "sitemap" | "listing", text: string): unknown {
  const limits = { links: 5000 };
  const url = home + (kind === "listing" ? "list" : kind);
  const body = Buffer.from(text);
  return discover({ kind, body, text, contentType: null, url, page: 1, source, now, limits });
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function tried(work: () => unknown): unknown {
  try {
    return work();
  } catch {
    return null;
  }
}

beforeAll(prepare);

/** Every third of them, each reader begins with another; `npm run verify` tries all. */
function textsFor(reader: number): [string, (length: number) => string][] {
  const all = Object.entries(WORST_TEXTS);
  return isVerify ? all : all.filter((_, index) => index % 3 === reader % 3);
}

const ALL = Object.entries({ ...MAIN, ...THREADS });

describe.each(ALL.map((each, index) => [...each, index] as const))("reading %s", (_, reader, n) => {
  const { longest, call } = reader;
  test.each(textsFor(n))("takes time in proportion to %s", async (_name, make) => {
    const [cost, bound] = isVerify
      ? [await leastCpuOf(() => call(make(longest)), LONG_TEXT_MS), LONG_TEXT_MS]
      : [await growthOf(longest, make, call), LINEAR];
    expect(cost).toBeLessThan(bound);
  });
});

describe.each(Object.entries(MAIN))("reading %s", (_, { longest, call }) => {
  test.each(Object.entries(WORST_TEXTS))("takes a moment for %s", async (_name, make) => {
    const text = make(longest);
    expect(await leastCpuOf(() => call(text), MAIN_THREAD_MS)).toBeLessThan(MAIN_THREAD_MS);
  });
});
