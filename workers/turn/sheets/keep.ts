import { doneSet, newLink, skippedSet } from "../../../articles/ingest/link-states.ts";
import { rejoin, type SheetOf } from "../../../articles/ingest/reread.ts";
import type { Received } from "../../../crawler/http/received.ts";
import type { Validators } from "../../../model/crawl/link.ts";
import { articlesOfKeys } from "../../../store/articles/aliases.ts";
import { addCaptures } from "../../../store/crawl/captures.ts";
import { ensureHosts } from "../../../store/crawl/hosts.ts";
import { addLinks } from "../../../store/crawl/links.ts";
import type { TurnDeps } from "../../deps.ts";
import { captureOf, type KnownLook, keepCapture } from "../keep-capture.ts";
import { wakeHost } from "../wake.ts";
import { followSheets } from "./follow.ts";

/**
 * Keeps a further page of an article: stored first, then the article is read anew with it, then its link is
 * done. False where the article's first page turns out to be of another article; this one is one of its own.
 */
export async function keepSheet(
  deps: TurnDeps,
  look: KnownLook,
  received: Received,
  read: { of: SheetOf; reservations: string[]; validators: Validators },
): Promise<boolean> {
  const { store } = deps;
  const { link, source } = look;
  const { of, reservations, validators } = read;
  const { linkId, number } = of;
  const sheetOf = { linkId, number };
  const found = { reservations };
  const settle = { ...doneSet("duplicate"), sheetOf, notModified: 0, validators };
  const { capture, body } = await captureOf(deps, look, received, settle, found);
  if (capture.withheld) {
    const why = { skipped: "reserved", detail: `page ${number}: ${capture.withheld}` } as const;
    await keepCapture(deps, look, received, { ...skippedSet(why), sheetOf }, found);
    return true;
  }
  await addCaptures(store, [capture], body ? [body] : []);
  const join = async () => {
    const articleId = (await articlesOfKeys(store, [linkId])).get(linkId);
    return articleId === undefined ? null : rejoin(deps, articleId, source);
  };
  const article = await join();
  const { text } = article?.evidence ?? {};
  const own = text?.sheets?.find(({ captureId }) => captureId === capture._id);
  if (own?.state === "other article") return false;
  await followSheets(deps, text, { of: linkId, link, source, again: false });
  if (!article && of.url) await wantFirst(deps, look, of.url, linkId);
  const articleId = article?._id ?? null;
  await keepCapture(deps, look, received, { ...settle, articleId }, found);
  // The first page may have come meanwhile, and looked for this one too early.
  if (!article) await join();
  return true;
}

/** Makes an article's first page due, where only a further one was found. */
async function wantFirst(
  deps: TurnDeps,
  { link, source }: KnownLook,
  url: string,
  id: string,
): Promise<void> {
  const { runId, lane, _id: parentId } = link;
  const { host } = new URL(url);
  const found = { url, kind: "article", page: 1, hints: {} } as const;
  await ensureHosts(deps.store, [{ host, ...source.pace }]);
  await addLinks(deps.store, [
    newLink(found, { id, source, runId, lane, now: deps.now(), parentId }),
  ]);
  if (host !== link.host) await wakeHost(deps, host, lane);
}
