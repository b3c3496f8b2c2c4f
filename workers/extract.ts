import { LIMITS } from "../config/limits.ts";
import { decode } from "../fetch/decode.ts";
import type { ExtractPayload } from "../queues/extract.ts";
import { getBody, getCapture } from "../store/captures.ts";
import { getLink } from "../store/links.ts";
import { type ArticlePage, commitArticles } from "./commit-articles.ts";
import type { TurnDeps } from "./deps.ts";
import { judgePage } from "./page-verdict.ts";
import { sourceView } from "./parse-tasks.ts";
import { holding } from "./reserved.ts";

/** Derives articles from stored captures again, without the network; answers how many changed. */
export async function reextract(
  deps: TurnDeps,
  { captureIds }: ExtractPayload,
): Promise<{ read: number; changed: number }> {
  const { store, settings, now, log } = deps;
  const pages = (await Promise.all(captureIds.map((id) => readAgain(deps, id)))).flat();
  const outcomes = await commitArticles(store, pages, { timezone: settings.timezone, now });
  const changed = [...outcomes.values()].filter(({ outcome }) => outcome !== "unchanged").length;
  log.info({ captures: captureIds.length, read: pages.length, changed }, "captures read again");
  return { read: pages.length, changed };
}

async function readAgain(deps: TurnDeps, captureId: string): Promise<ArticlePage[]> {
  const capture = await getCapture(deps.store, captureId);
  if (!capture || capture.kind !== "article" || !capture.bodyId) return [];
  const [body, link, source, boilerplate] = await Promise.all([
    getBody(deps.store, capture.bodyId),
    getLink(deps.store, capture.linkId),
    deps.sources.get(capture.sourceId),
    deps.boilerplate.get(capture.sourceId),
  ]);
  if (!body || !link || !source) return [];
  const extracted = await deps.parser.extract({
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
  });
  const how = { lane: capture.lane, render: source.render };
  const reserved = holding(capture.reservations, source);
  const verdict = judgePage(extracted, reserved, how);
  if (verdict.kind !== "article") return [];
  const { article, extraction } = verdict;
  const origin = { capture, sourceId: source._id, sourceVersion: source.version, reserved };
  return [{ link, capture, reading: { extracted: { article, extraction }, ...origin } }];
}
