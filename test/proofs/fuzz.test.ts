import { readdirSync, readFileSync } from "node:fs";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { assert, asyncProperty } from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { parseHosts } from "../../crawler/egress/guard.ts";
import { codingOf, decode, decodeText } from "../../crawler/http/decode.ts";
import { disposition, type Received, retryAfter } from "../../crawler/http/response.ts";
import { discover } from "../../crawler/links/discover.ts";
import { readPublishedAt } from "../../crawler/links/published-at.ts";
import { fetchUrl, pathPattern, urlKey } from "../../crawler/links/url.ts";
import { pageSignals } from "../../crawler/rights/page-signals.ts";
import { crawlDelay, isAllowed, parseRobots } from "../../crawler/robots/robots.ts";
import { makePdf } from "../../demo/pdf.ts";
import { extract } from "../../extractors/extract.ts";
import { prepare } from "../../extractors/language.ts";
import { extractPdf } from "../../extractors/pdf/pdf.ts";
import { makeSource } from "../helpers/articles.ts";
import { measured } from "../helpers/measured.ts";
import { mutated } from "../helpers/mutate.ts";
import { articlePage, feedOf } from "../helpers/site.ts";
import { isVerify, SIZE } from "../helpers/size.ts";

/** CPU ms that a call may cost; the clock of a parser thread ends at 5,000. */
const MOST = 2500;
const now = new Date("2026-11-25T12:00:00Z");
const home = "https://city.example/";
const folder = new URL("../fixtures/extractors/", import.meta.url);
const pages = readdirSync(folder).filter((name) => name.endsWith(".html"));
const html = [
  ...pages.map((name) => readFileSync(new URL(name, folder), "latin1")),
  articlePage("Portal opens"),
];
const listing = { url: `${home}list`, link: "a", item: undefined, pages: 3, next: "a.next" };
const source = makeSource("city", { home, feeds: [`${home}feed`], listings: [listing] as never });
const urls = ["/news/1", "/2026/11/25/a", "/a?b=c&d=%20#e"].map((path) => home + path.slice(1));
const feeds = [
  feedOf(urls),
  `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="${home}"><title>x</title>${urls.map((url) => `<entry><id>${url}</id><link href="${url}"/><title type="html">&lt;b>T&lt;/b></title><updated>2026-11-25T10:00:00Z</updated><content type="html"><![CDATA[<p>x]]></content></entry>`).join("")}</feed>`,
  `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>x</title></channel><item rdf:about="${home}a"><title>A</title><link>${home}a</link></item></rdf:RDF>`,
  JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: "x",
    items: urls.map((url) => ({ id: url, url, title: "T", content_html: "<p>x" })),
  }),
];
const sitemaps = [
  `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">${urls.map((url) => `<url><loc>${url.replaceAll("&", "&amp;")}</loc><lastmod>2026-11-25</lastmod><news:news><news:title>T</news:title></news:news></url>`).join("")}</urlset>`,
  `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap><loc>${home}s-2026-11.xml</loc></sitemap></sitemapindex>`,
  urls.join("\n"),
];
const robots = [
  "User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 2\nSitemap: https://city.example/s.xml\n\nUser-agent: Newsgather\nDisallow: /k%C3%B6ln",
];
const dates = [
  "Wed, 25 Nov 2026 10:00:00 GMT",
  "2026-11-25T10:00:00+01:00",
  "25. November 2026, 10:00 Uhr",
  "2026年11月25日",
  "٢٥ نوفمبر ٢٠٢٦",
  "120",
];
const pdf = makePdf([
  [
    { text: "Portal opens", x: 50, y: 780, size: 20 },
    { text: "The council opened a data portal.", x: 50, y: 700 },
  ],
]);
const compressed = [gzipSync, deflateSync, brotliCompressSync].map((compress) =>
  compress(html[0] ?? "").toString("latin1"),
);

const bytes = (text: string) => Buffer.from(text, "latin1");
const utf8 = (text: string) => bytes(text).toString("utf8");

function found(kind: "feed" | "sitemap" | "listing", text: string): void {
  const body = bytes(text);
  const limits = { links: 5000 };
  const url = home + (kind === "listing" ? "list" : kind);
  discover({ kind, body, text: utf8(text), contentType: null, url, page: 1, source, now, limits });
}

const received = (text: string): Received => ({
  url: `${home}a`,
  status: 200 + (text.length % 350),
  headers: {
    "content-type": text.slice(0, 60),
    "retry-after": text.slice(0, 40),
    "x-robots-tag": text.slice(0, 200),
  },
  requestHeaders: {},
  location: text.length % 3 === 0 ? text.slice(0, 100) : null,
  address: null,
  startedAt: now,
  endedAt: now,
  ms: 1,
  wire: bytes(text),
  encoding: null,
  decoded: bytes(text),
  truncated: false,
});

/** Every parser of what comes from outside: real inputs, and a call that may throw only `declared`. */
const PARSERS: Record<
  string,
  { inputs: string[]; call: (text: string) => unknown; declared?: RegExp }
> = {
  page: { inputs: html, call: (text) => extract({ html: utf8(text), url: `${home}news/1`, now }) },
  feed: { inputs: feeds, call: (text) => found("feed", text) },
  sitemap: { inputs: [...sitemaps, ...compressed], call: (text) => found("sitemap", text) },
  listing: { inputs: html, call: (text) => found("listing", text) },
  robots: {
    inputs: robots,
    call(text) {
      const parsed = parseRobots(utf8(text));
      isAllowed(parsed, "Newsgather", `${home}a/b?c`);
      return crawlDelay(parsed, "Newsgather");
    },
  },
  charset: { inputs: html, call: (text) => decodeText(bytes(text), text.slice(0, 40)) },
  coding: {
    inputs: compressed,
    async call(text) {
      const coding = codingOf(["gzip", "br", "deflate", "zstd", ""][text.length % 5], bytes(text));
      if (coding !== "unknown") await decode(bytes(text), coding, 1_000_000);
    },
    // A first byte that is broken already; see `decode`.
    declared: /^\w*Error: ./,
  },
  pdf: {
    inputs: [pdf.toString("latin1")],
    call: (text) => extractPdf({ bytes: new Uint8Array(bytes(text)), url: `${home}a.pdf`, now }),
  },
  date: {
    inputs: dates,
    call: (text) => [readPublishedAt(utf8(text), "de", now), retryAfter(text, now)],
  },
  address: {
    inputs: urls,
    call(text) {
      const url = fetchUrl(utf8(text), home);
      return url === null ? urlKey(text) : [urlKey(url), pathPattern(url)];
    },
  },
  response: {
    inputs: [...html, ...robots],
    call(text) {
      const response = received(text);
      const { url, headers } = response;
      pageSignals({ url, product: "Newsgather", seenAt: now, headers });
      return disposition(response, { kind: "article", attempts: 1, hops: [], now, random: 0 });
    },
  },
  "hosts file": {
    inputs: ["127.1.0.1 a.example b.example # x\n::1 c.example"],
    call: (text) => parseHosts(utf8(text)),
    declared: /^SyntaxError: line \d+/,
  },
};

const runs = Math.ceil(SIZE.fuzzed / Object.keys(PARSERS).length);

beforeAll(async () => {
  await prepare();
  // The first call of each loads tables and gets compiled.
  for (const { inputs, call } of Object.values(PARSERS)) {
    await Promise.resolve(inputs[0] ?? "")
      .then(call)
      .catch(() => {});
  }
});

test.each(Object.entries(PARSERS))(
  "%s: no throw but what is declared, no call over its time",
  async (name, { inputs, call, declared }) => {
    let longest = 0;
    await assert(
      asyncProperty(mutated(inputs), async (text) => {
        const before = process.cpuUsage();
        try {
          await call(text);
        } catch (error) {
          if (!declared?.test(String(error))) throw error;
        }
        const cpu = process.cpuUsage(before).user / 1000;
        longest = Math.max(longest, cpu);
        expect(cpu).toBeLessThan(MOST);
      }),
      // The same inputs each time in `npm test`, others in each `npm run verify`.
      { numRuns: runs, ...(!isVerify && { seed: 20_261_125 }) },
    );
    measured(`fuzz ${name}: ${runs} inputs, the longest ${Math.round(longest)} ms CPU`);
  },
  SIZE.patience,
);
