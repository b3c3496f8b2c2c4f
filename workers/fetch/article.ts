import { doneSet, newLink, skippedSet } from "../../articles/ingest/links.ts";
import {
  type ArticlePageOf,
  articlePageIn,
  readWhole,
  rejoin,
} from "../../articles/ingest/reread.ts";
import {
  type Extracted,
  isSignedOut,
  judgePage,
  type PageRights,
  pageOf,
  pageRights,
  reservationMessage,
} from "../../articles/reading/parse-tasks.ts";
import { sourceFieldsOf } from "../../articles/revisions/draft.ts";
import { judgeValidators, type Received } from "../../crawler/http/response.ts";
import { leftOut, urlKey } from "../../crawler/links/url.ts";
import { documentsOf, type NamedDocument } from "../../crawler/rights/page-signals.ts";
import { isHomeUrl } from "../../extractors/page.ts";
import type { ArticlePageRead, Evidence } from "../../model/articles/fields.ts";
import { isTrusted } from "../../model/crawl/host.ts";
import type { Link, LinkChanges, Validators } from "../../model/crawl/link.ts";
import { DETAILS } from "../../model/crawl/outcome.ts";
import { followMentions, isOldWitnessed } from "../../sources/coverage/witness.ts";
import { articlesOfKeys, tombstonesOf } from "../../store/articles/articles.ts";
import { addCaptures } from "../../store/crawl/captures.ts";
import { ensureHosts } from "../../store/crawl/hosts.ts";
import { addLinks, type KnownLink, knownLinks, reviveLinks } from "../../store/crawl/links.ts";
import { noteProblems } from "../../store/crawl/runs.ts";
import type { KnownAttempt, TurnDeps } from "../deps.ts";
import { mayFill, noteRendered, pageType, toBrowser } from "../render/render-lane.ts";
import { wakeHost } from "../schedule/tick.ts";
import {
  captureOf,
  keepCapture,
  keepReading,
  noteContradictions,
  signedOut,
  toPageSources,
  validatorsOf,
} from "./capture.ts";

/** Reads a successfully fetched page, and stores its article or the reason why there is none. */
export async function readArticle(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
): Promise<void> {
  const { link, source, host } = attempt;
  const validators = validatorsOf(received);
  // Many sites redirect home instead of answering 404.
  if (link.hops.length > 0 && isHomeUrl(received.url) && !isHomeUrl(link.foundUrl)) {
    const detail = `${DETAILS.redirectsHome} ${received.url}`;
    const why = { skipped: "not-article", detail } as const;
    return keepCapture(deps, attempt, received, skippedSet(why));
  }
  const { extracted, rights } = await extractWithRights(deps, attempt, received);
  if (source.login && isSignedOut(extracted)) signedOut("the page asks for a login");
  const { reserved } = rights;
  if (extracted.withdrawn) {
    const why = { skipped: "withdrawn", detail: `"${extracted.withdrawn}"` } as const;
    const retraction = { cause: "publisher", because: why.detail } as const;
    return keepCapture(deps, attempt, received, skippedSet(why), { rights, retraction });
  }
  const { lane } = link;
  const { render } = source;
  if (lane === "browser" && render === "auto") {
    await noteRendered(deps, attempt, !extracted.extraction.page.unfilled);
  }
  const isKnown = link.articleId !== null && !link.articlePageOf;
  const verdict = judgePage(extracted, reserved, {
    lane,
    render,
    mayFill: mayFill(host.render[pageType(source._id, link.foundUrl)], deps.now()),
    isKnown,
  });
  const keep = (set: LinkChanges) => keepCapture(deps, attempt, received, set, { rights });
  switch (verdict.kind) {
    case "article": {
      const { article, extraction } = verdict;
      if (!isKnown && link.witness && isOldWitnessed(extraction.fields.publishedAt, deps.now()))
        return keep(
          skippedSet({ skipped: "too-old", detail: `${link.witness?.name} links to the article` }),
        );
      const of = articlePageIn(attempt, extraction);
      if (of && (await storeArticlePage(deps, attempt, received, { of, rights, validators })))
        return;
      const origin = { ...sourceFieldsOf(source), rights: rights.binding, reserved };
      const words = reservationMessage(reserved);
      if (words) await noteProblems(deps.store, link.runId, [words]);
      // After a redirect, the validators belong to the target.
      const got = link.hops.length > 0 ? {} : validators;
      const { text } = extraction.evidence;
      const ownPages = { of: link._id, link, source, again: true };
      const articlePages = await followArticlePages(deps, text, ownPages);
      const pageSet = {
        ...(articlePages.length > 0 && { articlePages }),
        ...(link.articlePageOf && { articlePageOf: null }),
      };
      const seen = { ...doneSet("new"), notModified: 0, validators: got, ...pageSet };
      const reading = { extracted: { article, extraction }, ...origin };
      const result = await keepReading(deps, attempt, received, seen, { rights, reading });
      // A further page that was stored in the meantime didn't find this page: join the pages again.
      const articleId = articlePages.length > 0 && result.articleId;
      if (articleId) await rejoin(deps, articleId, source);
      const { mentions = [] } = extracted;
      if (result.outcome === "new" && mentions.length > 0) await follow(deps, attempt, mentions);
      const changed = result.rewritten ?? false;
      const trusted = isTrusted(host, "validators", deps.now());
      const { proof } = judgeValidators(link, { got, changed, trusted });
      if (proof) await noteContradictions(deps, host, [{ kind: "validators", evidence: proof }]);
      return;
    }
    case "needs-browser":
      return toBrowser(deps, attempt, keep);
    case "skipped": {
      // The reservations of a page without an article, such as an error page, apply to that page
      // only.
      const isArticle = extracted.extraction.page.kind === "article";
      const isReserved = isKnown && isArticle && verdict.why.skipped === "reserved";
      const found = { rights, ...(isReserved && { reservation: rights }) };
      return keepCapture(deps, attempt, received, skippedSet(verdict.why), found);
    }
  }
}

async function follow(
  { store, now, log }: TurnDeps,
  { link: { _id: linkId, foundUrl: url }, source: { _id: sourceId } }: KnownAttempt,
  mentions: readonly string[],
): Promise<void> {
  try {
    await followMentions(store, { mentions, url, sourceId }, now());
  } catch (err) {
    log.warn({ err, linkId }, "the article's links were not followed");
  }
}

async function extractWithRights(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
): Promise<{ extracted: Extracted; rights: PageRights }> {
  const { link, source } = attempt;
  const task = {
    ...pageOf(source, received, deps.now()),
    hints: link.hints,
    boilerplate: await deps.boilerplate.get(source._id),
  };
  const { declared: __, ...known } = await toPageSources(deps, attempt, received);
  const extracted = await readWhole(deps, { ...task, rights: known });
  const { declared } = extracted.extraction.page;
  const isRead = ({ url }: NamedDocument) =>
    known.host.documents.some((copy) => copy.url === url && copy.expiresAt > deps.now());
  if (documentsOf({ ...known, declared }).every(isRead))
    return { extracted, rights: pageRights({ ...known, declared }, source) };
  const { declared: _, ...rights } = await toPageSources(deps, attempt, received, declared);
  const again = await readWhole(deps, { ...task, rights });
  return { extracted: again, rights: pageRights({ ...rights, declared }, source) };
}

type PageOrigin = Pick<KnownAttempt, "link" | "source">;

interface Origin extends PageOrigin {
  of: string;
  again: boolean;
}

async function followArticlePages(
  deps: TurnDeps,
  text: Evidence | undefined,
  origin: Origin,
): Promise<string[]> {
  const pages = (text?.articlePages ?? []).map((page) => ({ ...page, id: urlKey(page.url) }));
  const ids = pages.map(({ id }) => id);
  if (ids.length === 0) return [];
  const { store } = deps;
  const [known, buried] = await Promise.all([knownLinks(store, ids), tombstonesOf(store, ids)]);
  const now = deps.now();
  const open = pages.filter(({ id }) => id !== origin.of && !buried.has(id));
  const wanted = open.filter(({ state }) => state !== "other article");
  const unknown = wanted.filter(({ id }) => !known.has(id));
  const fresh = unknown.map((page) => articlePageLink(page, origin, now));
  const revived = open.flatMap((page) => revival(known.get(page.id), page, origin, now));
  await addLinks(store, fresh);
  await reviveLinks(store, revived);
  await wake(deps, origin, [...fresh.filter(({ state }) => state === "due"), ...revived]);
  return wanted.map(({ id }) => id);
}

function articlePageLink(
  { id, url, number }: ArticlePageRead & { id: string },
  origin: Origin,
  now: Date,
): Link {
  // The article is wanted, and so are its pages, unless the source excludes them.
  const left = leftOut(url, { ...origin.source, include: [] });
  return {
    ...linkTo(url, id, origin, now),
    articlePageOf: { linkId: origin.of, number },
    ...(left && { ...left, state: "skipped", dueAt: null, doneAt: now }),
  };
}

function linkTo(url: string, id: string, { link, source }: PageOrigin, now: Date): Link {
  const { runId, lane, _id: parentId } = link;
  const found = { url, kind: "article", page: 1, hints: {} } as const;
  return newLink(found, { id, source, runId, lane, now, parentId });
}

function revival(
  known: KnownLink | undefined,
  { url, number, state }: ArticlePageRead,
  { of, link, source, again }: Origin,
  dueAt: Date,
) {
  if (known?.kind !== "article" || known.sourceId !== source._id) return [];
  const isOurs = known.articlePageOf?.linkId === of;
  const isFree = !known.articleId || isOurs;
  // A run fetches each page once.
  const isTaken = known.state === "due" || known.runId === link.runId;
  if (!isFree || isTaken) return [];
  const isOther = state === "other article";
  if (isOther ? !isOurs : !again && state !== "not read") return [];
  const articlePageOf = isOther ? null : { linkId: of, number };
  const set = { url, host: new URL(url).host, articlePageOf, nextFetchAt: null };
  return [{ id: known._id, runId: link.runId, dueAt, host: set.host, set }];
}

/** Makes the further pages of an unchanged article due, because they might have changed. */
export async function reviveArticlePages(
  deps: TurnDeps,
  { link, source }: PageOrigin,
): Promise<void> {
  const known = await knownLinks(deps.store, [...(link.articlePages ?? [])]);
  const idle = [...known.values()].filter(
    ({ state, runId, articlePageOf }) =>
      state !== "due" && runId !== link.runId && articlePageOf?.linkId === link._id,
  );
  const { runId } = link;
  const dueAt = deps.now();
  const again = idle.map(({ _id: id, foundUrl: url }) => {
    const { host } = new URL(url);
    return { id, runId, dueAt, host, set: { url, host, nextFetchAt: null } };
  });
  await reviveLinks(deps.store, again);
  await wake(deps, { link, source }, again);
}

async function wake(
  deps: TurnDeps,
  { link, source }: PageOrigin,
  links: readonly { host: string }[],
): Promise<void> {
  const hosts = new Set(links.map(({ host }) => host));
  const paced = [...hosts].map((host) => ({ host, ...source.pace }));
  await ensureHosts(deps.store, paced);
  // This host's turn continues by itself.
  for (const host of hosts) if (host !== link.host) await wakeHost(deps, host, link.lane);
}

/** Stores a further page of an article. Returns false if the page is a separate article instead. */
async function storeArticlePage(
  deps: TurnDeps,
  attempt: KnownAttempt,
  received: Received,
  read: { of: ArticlePageOf; rights: PageRights; validators: Validators },
): Promise<boolean> {
  const { store } = deps;
  const { link, source } = attempt;
  const { of, rights, validators } = read;
  const { url: first, ...articlePageOf } = of;
  const { linkId, number } = of;
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
  if (!article && first) {
    await addLinks(store, [linkTo(first, linkId, attempt, deps.now())]);
    await wake(deps, attempt, [{ host: new URL(first).host }]);
  }
  const articleId = article?._id ?? null;
  await keepCapture(deps, attempt, received, { ...duplicateSet, articleId }, found);
  // A first page that was stored in the meantime didn't find this page: join the pages now.
  if (!article) await join();
  return true;
}
