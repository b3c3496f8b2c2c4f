import { LIMITS } from "../../config/limits.ts";
import { decode } from "../../crawler/http/decode.ts";
import type { Cached } from "../../lib/cache.ts";
import type { Article } from "../../model/articles/article.ts";
import type { Extraction } from "../../model/articles/extraction.ts";
import { isLost, lostText } from "../../model/crawl/capture.ts";
import { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { findBody } from "../../store/archive/bodies.ts";
import { getCapture } from "../../store/crawl/captures.ts";
import { getLink } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { speaksFor } from "../publication/decide.ts";
import { judgePage } from "../reading/page-verdict.ts";
import { sourceView } from "../reading/parse-tasks.ts";
import type { Parser } from "../reading/parser.ts";
import { readWhole } from "../reading/read-whole.ts";
import { holding } from "../reading/reserved.ts";
import type { ArticlePage } from "./commit-articles.ts";

/** Why an article is left as it is. */
export interface Left {
  left: string;
}

/** What reading a stored page needs. */
export interface ReadAgainDeps {
  store: Store;
  parser: Parser;
  /** Keys of what each source repeats on many articles. */
  boilerplate: Cached<string[]>;
}

/** Reads the response that an article stands on again, without the network. */
export async function readAgain(
  deps: ReadAgainDeps,
  article: Article,
  source: SourceRecord,
): Promise<ArticlePage | Left> {
  const capture = await getCapture(deps.store, article.captureId);
  if (!capture) return { left: "its response is no longer kept" };
  if (!capture.bodyId) return { left: `its response is not kept (${capture.withheld ?? "empty"})` };
  const [body, link, boilerplate] = await Promise.all([
    findBody(deps.store, capture.bodyId),
    getLink(deps.store, capture.linkId),
    deps.boilerplate.get(source._id),
  ]);
  if (!body) return { left: "its response is no longer kept" };
  if (isLost(body)) return { left: `its response can't be had: ${lostText(body)}` };
  if (!link) return { left: "its link is no longer known" };
  const extracted = await readWhole(deps, {
    task: "extract",
    body: (await decode(body.bytes, body.encoding, LIMITS.decodedBytes)).bytes,
    contentType: capture.headers["content-type"] ?? null,
    url: capture.finalUrl,
    source: sourceView(source),
    hints: link.hints,
    boilerplate,
    reserved: capture.reservations,
    // Relative dates and the clamp of future ones count from when the page was seen.
    now: capture.fetchedAt,
  }).catch(unread);
  if ("left" in extracted) return extracted;
  const lost = lostSheet(article, extracted.extraction);
  if (lost !== null) return { left: `the response of its page ${lost} is no longer kept` };
  if (extracted.withdrawn) return { left: "it reads as withdrawn now" };
  const reserved = holding(capture.reservations, source);
  const { lane } = capture;
  const { render } = source;
  const verdict = judgePage(extracted, reserved, { lane, render, mayFill: false });
  if (verdict.kind === "needs-browser") return { left: "it reads as a page for the browser now" };
  if (verdict.kind === "skipped") {
    const { skipped, detail } = verdict.why;
    return { left: `it reads as no article now (${skipped}${detail ? `: ${detail}` : ""})` };
  }
  const { article: read, extraction } = verdict;
  const { embargo } = source.rights;
  const origin = {
    capture,
    sourceId: source._id,
    sourceVersion: source.version,
    reserved,
    ...(embargo !== undefined && { embargo }),
  };
  const reading = { extracted: { article: read, extraction }, ...origin };
  if (!speaksFor(link, article, reading)) return { left: "another of its addresses speaks for it" };
  return { link, capture, reading };
}

/** The number of a page whose text is in the article and can't be read any more. */
function lostSheet(article: Pick<Article, "evidence">, now: Extraction): number | null {
  const missing = (now.evidence.text?.sheets ?? []).filter(({ state }) => state === "not read");
  const lost = missing.find(({ number }) =>
    article.evidence.text?.sheets?.some((it) => it.number === number && it.state === "joined"),
  );
  return lost?.number ?? null;
}

function unread(error: unknown): Left {
  if (error instanceof RetryLater) return { left: "it took too long to read" };
  if (error instanceof GiveUp) return { left: "it can't be read" };
  throw error;
}
