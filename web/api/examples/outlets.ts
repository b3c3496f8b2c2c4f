import type { Examples } from "./examples.ts";

const AT = "2026-11-25T09:30:00.000Z";
const CAPTURE = {
  id: "c-20261125-1",
  linkId: "8f1c2e7a90b34d5e6f708192a3b4c5d6",
  sourceId: "cities",
  sourceVersion: 1,
  runId: "cities:2026-11-25T09:15:00.000Z",
  kind: "article",
  lane: "http",
  url: "https://cities.example/news/paperless",
  finalUrl: "https://cities.example/news/paperless",
  status: 200,
  address: "203.0.113.7",
  fetchedAt: AT,
  ms: 212,
  bytes: 9120,
  decodedBytes: 41_877,
  digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  truncated: false,
  reservations: [],
  withheld: null,
  reason: null,
  detail: null,
};
const EXPORT = {
  id: "5f1d0a9b3c7e42d6a8b90c1d",
  format: "parquet",
  state: "done",
  written: 1204,
  reason: null,
  by: "user ada",
  asked_at: AT,
  finished_at: "2026-11-25T09:30:04.000Z",
  expires_at: "2026-12-02T09:30:04.000Z",
  files: [
    {
      name: "articles/day=2026-11-25/articles.parquet",
      bytes: 412_877,
      sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      url: "/v1/exports/5f1d0a9b3c7e42d6a8b90c1d/files/articles%2Fday%3D2026-11-25%2Farticles.parquet",
    },
  ],
};
const TITLE = "DE: Hamburg: Hamburg wants to go paperless";
const PAGE = "https://portal.example/article/8f1c2e7a90b34d5e6f708192a3b4c5d6";
const TAG = "tag:newsgather,2026:article/8f1c2e7a90b34d5e6f708192a3b4c5d6";

const ATOM = `<feed xmlns="http://www.w3.org/2005/Atom"><id>tag:newsgather,2026:feed/all</id><title>Portal</title><updated>${AT}</updated><entry><id>${TAG}</id><title>${TITLE}</title><updated>${AT}</updated><link rel="alternate" href="${CAPTURE.url}"/></entry></feed>`;
const RSS = `<rss version="2.0"><channel><title>Portal</title><link>https://portal.example/</link><description>News</description><item><guid isPermaLink="false">${TAG}</guid><title>${TITLE}</title><link>${CAPTURE.url}</link></item></channel></rss>`;
const JSON_FEED = {
  version: "https://jsonfeed.org/version/1.1",
  title: "Portal",
  items: [{ id: TAG, url: CAPTURE.url, title: TITLE, content_text: "By 2028 ..." }],
};
const NINJS = [{ uri: TAG, type: "text", headlines: [{ value: TITLE }] }];
const SITEMAP = (name: string, inner: string) =>
  `<${name} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${inner}</${name}>`;

/** Examples of feeds and sitemaps, captures, exports, figures, and how the service is. */
export const OUTLETS: Examples = {
  "GET /healthz": { answer: { status: "ok", version: "0.1.0" } },
  "GET /readyz": {
    answer: { status: "ready", checks: [{ name: "store", ok: true, detail: "answers in 2 ms" }] },
    others: {
      503: {
        status: "not-ready",
        checks: [{ name: "store", ok: false, detail: "doesn't answer: is the database running?" }],
      },
    },
  },
  "GET /metrics": {
    type: "text/plain",
    answer: "# TYPE newsgather_articles_total counter\nnewsgather_articles_total 1204\n",
  },
  "GET /v1/captures": {
    answer: { items: [CAPTURE], next_cursor: null, has_more: false },
  },
  "GET /v1/captures/{id}": {
    answer: {
      ...CAPTURE,
      hops: [],
      requestHeaders: { accept: "text/html" },
      headers: { "content-type": "text/html; charset=utf-8" },
      consent: null,
      robotsOverride: null,
    },
  },
  "GET /v1/captures/{id}/body": {
    type: "application/octet-stream",
    answer: "<!doctype html><title>Hamburg wants to go paperless</title>",
  },
  "POST /v1/exports": {
    body: { format: "parquet", source: ["cities"], since: "2026-11-01" },
    answer: { ...EXPORT, state: "waiting", written: 0, finished_at: null, files: [] },
  },
  "GET /v1/exports": { answer: { items: [EXPORT] } },
  "GET /v1/exports/{id}": { answer: EXPORT },
  "GET /v1/exports/{id}/files/{name}": {
    type: "application/octet-stream",
    answer: "the bytes of a Parquet file",
  },
  "GET /v1/figures": {
    answer: {
      items: [{ name: "flows", about: "whose texts are told again by whom", rows: ["total"] }],
    },
  },
  "GET /v1/figures/{name}": {
    answer: {
      name: "countries",
      rows: "total",
      from: "2026-11-01",
      to: "2026-11-25",
      columns: [
        { name: "country", type: "text", about: "ISO 3166-1 alpha-2" },
        { name: "articles", type: "count", about: "listed articles" },
      ],
      items: [{ country: "DE", articles: 61 }],
    },
  },
  "GET /feeds/all.json": { type: "application/feed+json", answer: JSON_FEED },
  "GET /feeds/all.atom": { type: "application/atom+xml", answer: ATOM },
  "GET /feeds/all.rss": { type: "application/rss+xml", answer: RSS },
  "GET /feeds/all.ninjs": { type: "application/json", answer: NINJS },
  "GET /feeds/digest.atom": { type: "application/atom+xml", answer: ATOM },
  "GET /feeds/{category}/{file}": { type: "application/atom+xml", answer: ATOM },
  "GET /sitemap-news.xml": {
    type: "application/xml",
    answer: SITEMAP("urlset", `<url><loc>${PAGE}</loc></url>`),
  },
  "GET /sitemap.xml": {
    type: "application/xml",
    answer: SITEMAP(
      "sitemapindex",
      "<sitemap><loc>https://portal.example/sitemap/2026-11-25.xml</loc></sitemap>",
    ),
  },
  "GET /sitemap/{file}": {
    type: "application/xml",
    answer: SITEMAP("urlset", `<url><loc>${PAGE}</loc><lastmod>${AT}</lastmod></url>`),
  },
  "GET /feeds/sources.opml": {
    type: "text/x-opml",
    answer:
      '<opml version="2.0"><head><title>Portal</title></head><body><outline type="rss" text="Cities" xmlUrl="https://portal.example/feeds/source/cities.rss"/></body></opml>',
  },
};
