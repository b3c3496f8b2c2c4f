import { doneSet, newLink, skippedSet } from "../../articles/ingest/link-states.ts";
import { type ArticlePageOf, rejoin } from "../../articles/ingest/reread.ts";
import type { PageRights } from "../../articles/reading/verdict.ts";
import type { Received } from "../../crawler/http/received.ts";
import { urlKey } from "../../crawler/links/canonical-url.ts";
import { leftOut } from "../../crawler/links/filter.ts";
import type { ArticlePageRead, Evidence } from "../../model/articles/extraction.ts";
import type { Link, Validators } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import { articlesOfKeys } from "../../store/articles/aliases.ts";
import { tombstonesOf } from "../../store/articles/tombstones.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks, type KnownLink, knownLinks, reviveLinks } from "../../store/crawl/links.ts";
import type { KnownAttempt, TurnDeps } from "../deps.ts";
import { wakeHost } from "../schedule/tick.ts";
import { captureOf, keepCapture } from "./capture.ts";

/** The article that further pages belong to, and the attempt that found them. */
interface Origin {
  /** Key of the article's first page. */
  of: string;
  /** The link of the current attempt. The article's further pages are fetched in the link's run. */
  link: Link;
  source: SourceRecord;
  /** Whether further pages that have already been read are fetched again. */
  again: boolean;
}

/** Returns the keys of an article's further pages, and makes those due that must be fetched. */
export async function followArticlePages(
  deps: TurnDeps,
  text: Evidence | undefined,
  origin: Origin,
): Promise<string[]> {
  const candidates = (text?.articlePages ?? []).map((articlePage) => ({
    id: urlKey(articlePage.url),
    articlePage,
  }));
  const ids = candidates.map(({ id }) => id);
  if (ids.length === 0) return [];
  const { store } = deps;
  const [known, buried] = await Promise.all([knownLinks(store, ids), tombstonesOf(store, ids)]);
  const now = deps.now();
  const open = candidates.filter(({ id }) => id !== origin.of && !buried.has(id));
  const isNew = ({ id, articlePage }: (typeof open)[number]) =>
    !known.has(id) && articlePage.state !== "other article";
  const fresh = open
    .filter(isNew)
    .map(({ id, articlePage }) => articlePageLink(id, articlePage, origin, now));
  const revived = open.flatMap(({ id, articlePage }) => {
    const link = known.get(id);
    return link ? revival(link, articlePage, origin) : [];
  });
  await addLinks(store, fresh);
  await reviveLinks(
    store,
    revived.map((one) => ({ ...one, dueAt: now })),
  );
  await wake(deps, origin, [...fresh.filter(({ state }) => state === "due"), ...revived]);
  return open.flatMap(({ id, articlePage }) => (articlePage.state === "other article" ? [] : id));
}

function articlePageLink(
  id: string,
  { url, number }: ArticlePageRead,
  origin: Origin,
  now: Date,
): Link {
  const { of, link, source } = origin;
  const { runId, lane, _id: parentId } = link;
  const found = { url, kind: "article", page: 1, hints: {} } as const;
  const due = newLink(found, { id, source, runId, lane, now, parentId });
  // The article is wanted, and so are its pages, unless the source excludes them.
  const left = leftOut(url, { ...source, include: [] });
  return {
    ...due,
    articlePageOf: { linkId: of, number },
    ...(left && { ...left, state: "skipped", dueAt: null, doneAt: now }),
  };
}

function revival(known: KnownLink, { url, number, state }: ArticlePageRead, origin: Origin) {
  const { of, link, source, again } = origin;
  const isOurs = known.articlePageOf?.linkId === of;
  const isFree = !known.articleId || isOurs;
  // A run fetches each page once.
  const isTaken = known.state === "due" || known.runId === link.runId;
  if (known.kind !== "article" || known.sourceId !== source._id || !isFree || isTaken) return [];
  const isOther = state === "other article";
  if (isOther ? !isOurs : !again && state !== "not read") return [];
  const articlePageOf = isOther ? null : { linkId: of, number };
  const set = { url, host: new URL(url).host, articlePageOf, nextFetchAt: null };
  return [{ id: known._id, runId: link.runId, host: set.host, set }];
}

/** Makes the further pages of an unchanged article due, because they might have changed. */
export async function reviveArticlePages(
  deps: TurnDeps,
  { link, source }: Pick<Origin, "link" | "source">,
): Promise<void> {
  const known = await knownLinks(deps.store, [...(link.articlePages ?? [])]);
  const idle = [...known.values()].filter(
    ({ state, runId, articlePageOf }) =>
      state !== "due" && runId !== link.runId && articlePageOf?.linkId === link._id,
  );
  const { runId } = link;
  await reviveLinks(
    deps.store,
    idle.map(({ _id, foundUrl }) => ({
      id: _id,
      runId,
      dueAt: deps.now(),
      set: { url: foundUrl, host: new URL(foundUrl).host, nextFetchAt: null },
    })),
  );
  const hosts = idle.map(({ foundUrl }) => ({ host: new URL(foundUrl).host }));
  await wake(deps, { link, source }, hosts);
}

async function wake(
  deps: TurnDeps,
  { link, source }: Pick<Origin, "link" | "source">,
  links: readonly { host: string }[],
): Promise<void> {
  const hosts = new Set(links.map(({ host }) => host));
  await ensureHosts(
    deps.store,
    [...hosts].map((host) => ({ host, ...source.pace })),
  );
  // This host's turn continues by itself.
  for (const host of hosts) if (host !== link.host) await wakeHost(deps, host, link.lane);
}

/** Stores a further page of an article. Returns false if the page is another article. */
export async function storeArticlePage(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
  read: { of: ArticlePageOf; rights: PageRights; validators: Validators },
): Promise<boolean> {
  const { store } = deps;
  const { link, source } = attempt;
  const { of, rights, validators } = read;
  const { linkId, number } = of;
  const articlePageOf = { linkId, number };
  const found = { rights };
  const duplicateSet = { ...doneSet("duplicate"), articlePageOf, notModified: 0, validators };
  const { capture, body } = await captureOf(deps, attempt, received, duplicateSet, found);
  if (capture.withheld) {
    const why = { skipped: "reserved", detail: `page ${number}: ${capture.withheld}` } as const;
    await keepCapture(deps, attempt, received, { ...skippedSet(why), articlePageOf }, found);
    return true;
  }
  await addCaptures(store, [capture], body ? [body] : []);
  const join = async () => {
    const articleId = (await articlesOfKeys(store, [linkId])).get(linkId);
    return articleId === undefined ? null : rejoin(deps, articleId, source);
  };
  const article = await join();
  const { text } = article?.evidence ?? {};
  const own = text?.articlePages?.find(({ captureId }) => captureId === capture._id);
  if (own?.state === "other article") return false;
  await followArticlePages(deps, text, { of: linkId, link, source, again: false });
  if (!article && of.url) await wantFirst(deps, attempt, of.url, linkId);
  const articleId = article?._id ?? null;
  await keepCapture(deps, attempt, received, { ...duplicateSet, articleId }, found);
  // A first page that was stored in the meantime didn't find this page: join the pages now.
  if (!article) await join();
  return true;
}

async function wantFirst(
  deps: TurnDeps,
  { link, source }: KnownAttempt,
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
