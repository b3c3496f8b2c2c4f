import { gzipSync } from "node:zlib";
import { digest } from "../../lib/text.ts";
import type { Body } from "../../model/crawl/capture.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { addLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { addressOf, hours, idOf } from "./article-pages.ts";
import { makeArticle } from "./articles.ts";
import { makeLink } from "./links.ts";
import { makeCapture } from "./reading.ts";
import { articlePage, textOf } from "./site.ts";

/**
 * Stores articles with their pages, from number `from` on, as if rules had read them that recognised almost nothing.
 */
export async function storeOldArticles(store: Store, from: number, count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, offset) => oldArticle(from + offset));
  await addLinks(
    store,
    all.map(({ link }) => link),
  );
  await addCaptures(
    store,
    all.map(({ capture }) => capture),
    all.map(({ body }) => body),
  );
  await store.collections.articles.insertMany(all.map(({ article }) => article));
}

function oldArticle(number: number) {
  const name = `page-${number}`;
  const [url, id, seen] = [addressOf(name), idOf(name), hours(-(number % 500))];
  const bytes = gzipSync(articlePage(`Council ${number} opens its data`, textOf(name)));
  const body: Body = {
    _id: digest(bytes),
    bytes,
    encoding: "gzip",
    size: bytes.length,
    storedAt: seen,
  };
  const link = makeLink(id, { url, foundUrl: url, state: "done", dueAt: null, articleId: id });
  const capture = makeCapture(url, {
    _id: `capture-${number}`,
    linkId: id,
    runId: null,
    headers: { "content-type": "text/html; charset=utf-8" },
    fetchedAt: seen,
    ms: 20,
    bytes: body.size,
    decodedBytes: body.size,
    bodyId: body._id,
  });
  const times = { sortAt: seen, firstSeenAt: seen, lastSeenAt: seen };
  const article = makeArticle(id, { url, captureId: capture._id, extractor: "0", ...times });
  return { link, capture, body, article };
}
