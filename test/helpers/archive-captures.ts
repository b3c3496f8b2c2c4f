import { gzipSync } from "node:zlib";
import { toCapture } from "../../crawler/http/capture.ts";
import type { Received } from "../../crawler/http/response.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import type { Store } from "../../store/store.ts";
import { makeArticle, makeSource } from "./articles.ts";
import { makeLink } from "./links.ts";

export const BASE = "https://cities.example";
export const PAGE = "<html><title>Caf\u00e9 opens</title><p>The whole text.</p></html>";
export const FEED = "<rss><channel><title>News</title></channel></rss>";

/** A slice that covers the whole archive. */
export const WHOLE_ARCHIVE = {
  sources: null,
  since: new Date(0),
  until: new Date("2027-01-01"),
  purpose: "analysis",
} as const;

/** Stores eight captures of two sources, a minute apart: one for each way in which an archive writes them. */
export async function fillArchive(store: Store): Promise<void> {
  const { sources, links, articles } = store.collections;
  await sources.insertMany([makeSource("cities"), makeSource("towns")]);
  await links.insertOne(makeLink("article-link", { articleId: "a1" }));
  await articles.insertOne(makeArticle("a1", { title: "Caf\u00e9 opens" }));
  let clock = Date.parse("2026-11-20T10:00:00Z");
  const keep = (path: string, overrides: Overrides) =>
    storeCapture(store, path, new Date((clock += 60_000)), overrides);
  const compressed = gzipSync(PAGE);
  await keep("/feed", { text: FEED, kind: "feed", headers: { "set-cookie": "a=1; Path=/\nb=2" } });
  await keep("/page", { wire: compressed, text: PAGE, encoding: "gzip", linkId: "article-link" });
  await keep("/copy", { wire: compressed, text: PAGE, encoding: "gzip" });
  await keep("/feed", { text: "", status: 304, kind: "feed" });
  await keep("/script", { text: PAGE, lane: "browser" });
  await keep("/reserved", { text: PAGE, withheld: "tdm" });
  await keep("/gone", { text: "Not here", status: 404 });
  await keep("/other", { text: PAGE, sourceId: "towns" });
}

type Overrides = Partial<Pick<Received, "status" | "headers" | "wire" | "encoding">> &
  Partial<Pick<Capture, "kind" | "lane" | "sourceId" | "linkId" | "withheld">> & { text: string };

async function storeCapture(store: Store, path: string, startedAt: Date, overrides: Overrides) {
  const { encoding = null, text, wire = Buffer.from(text) } = overrides;
  const received: Received = {
    url: BASE + path,
    status: overrides.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "transfer-encoding": "chunked",
      ...(encoding && { "content-encoding": encoding }),
      ...overrides.headers,
    },
    requestHeaders: { "user-agent": "Newsgather/0.1", cookie: "secret" },
    location: null,
    address: "192.0.2.7",
    startedAt,
    endedAt: startedAt,
    ms: 12,
    wire,
    encoding,
    decoded: Buffer.from(text),
    truncated: false,
  };
  const { capture, body } = await toCapture(received, {
    linkId: overrides.linkId ?? `link of ${path}`,
    sourceId: overrides.sourceId ?? "cities",
    sourceVersion: 1,
    runId: null,
    kind: overrides.kind ?? "article",
    lane: overrides.lane ?? "http",
    hops: [],
    reason: null,
    detail: null,
    reservations: [],
    withheld: overrides.withheld ?? null,
    consent: null,
    robotsOverride: null,
  });
  await addCaptures(store, [capture], body ? [body] : []);
}
