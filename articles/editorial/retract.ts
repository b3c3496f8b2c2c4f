import { urlKey } from "../../crawler/links/url.ts";
import type { Article, Retraction } from "../../model/articles/article.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Link } from "../../model/crawl/link.ts";
import { givesReason } from "../../model/operations/audit.ts";
import type { Change } from "../../model/publish/change.ts";
import { sameSignals } from "../../model/usage-rights.ts";
import {
  type ArticleWrite,
  addRevisions,
  tombstonesOf,
  touchArticles,
} from "../../store/articles/articles.ts";
import { withIntent } from "../../store/articles/stories.ts";
import { runAudited } from "../../store/operations/audit.ts";
import type { Store } from "../../store/store.ts";
import { type PageRights, withholds } from "../reading/parse-tasks.ts";
import { changeArticle, hashContent, revisionOf, writeOf } from "../revisions/draft.ts";
import { listed, visibleState } from "../revisions/visibility.ts";
import { repairStories } from "../stories/repair.ts";

/** Retracts the article of a link whose URL is the article's first or current URL. */
export async function retractArticle(
  store: Store,
  link: Pick<Link, "_id" | "articleId">,
  retraction: Retraction,
): Promise<void> {
  if (link.articleId) {
    await retractOne(store, link.articleId, retraction, (article) => isUrlOf(link, article));
  }
}

function isUrlOf(link: Pick<Link, "_id">, { _id, url }: Article): boolean {
  return link._id === _id || link._id === urlKey(url);
}

/** Repeats retractions after a restore, as decisions of an editor, which no fetch undoes. */
export async function retractAgain(store: Store, changes: readonly Change[]): Promise<void> {
  for (const { articleId, revision, at } of changes) {
    const because = revision?.because ?? "it was retracted during the backup";
    const retraction: Retraction = { cause: "editor", because, at, captureId: null };
    await retractOne(store, articleId, retraction, () => true);
  }
}

export type EditorsOutcome = { done: "retracted" | "reinstated" } | { problem: string };

interface RetractParams {
  articleId: string;
  actor: string;
  reason: string;
  isUndo?: boolean;
}

/** Detail of the audit entry if a retraction or reinstatement undoes a decision. */
export const UNDO_DETAIL = "undo";

/** Retracts an article, whatever its page says, until an editor reinstates it. */
export async function retractByEditor(
  store: Store,
  params: RetractParams,
  now: Date,
): Promise<EditorsOutcome> {
  const { articleId, reason } = params;
  const retraction: Retraction = { cause: "editor", because: reason, at: now, captureId: null };
  return decided(store, "article.retract", params, now, async () => {
    const found = await retractOne(store, articleId, retraction, () => true);
    return found ? { done: "retracted" } : { problem: "no such article" };
  });
}

/** Shows an article to readers again, unless something else hides it, such as an embargo. */
export async function reinstate(
  store: Store,
  params: RetractParams,
  now: Date,
): Promise<EditorsOutcome> {
  const { articleId, reason } = params;
  return decided(store, "article.reinstate", params, now, async () => {
    const tombstone = (await tombstonesOf(store, [articleId])).get(articleId);
    if (tombstone) return { problem: `the article was ${tombstone.kind}` };
    const problem = await changed(store, articleId, now, (before) => {
      if (before.status !== "retracted") return null;
      const revision = before.revision + 1;
      const revised = { revision, kind: "reinstatement" as const, because: reason };
      const open = { ...before, status: "published" as const, retraction: null };
      const next = { ...open, ...listed(open, before, now), revision, revised };
      return writeOf({ ...next, version: before.version + 1 }, before, "updated", now);
    });
    if (problem) return { problem: problem === "same" ? "the article is not retracted" : problem };
    return { done: "reinstated" };
  });
}

/** Carries out an editor's decision, with a line in the audit log. */
async function decided(
  store: Store,
  action: string,
  { articleId: subject, actor, reason, isUndo }: RetractParams,
  now: Date,
  act: () => Promise<EditorsOutcome>,
): Promise<EditorsOutcome> {
  if (!givesReason(reason)) return { problem: "give a reason" };
  const detail = isUndo ? UNDO_DETAIL : undefined;
  return runAudited(store, { actor, now, reason }, { action, subject, detail }, act);
}

async function retractOne(
  store: Store,
  articleId: string,
  retraction: Retraction,
  allowed: (article: Article) => boolean,
): Promise<boolean> {
  const problem = await changed(store, articleId, retraction.at, (before) => {
    if (!allowed(before)) return null;
    const known = before.status === "retracted";
    if (known && (retraction.cause !== "editor" || before.retraction?.cause === "editor"))
      return null;
    const revision = before.revision + 1;
    const because = `${CAUSE_TEXTS[retraction.cause]}: ${retraction.because}`;
    const revised = { revision, kind: "retraction" as const, because };
    const next = { ...before, status: "retracted" as const, unlisted: null, retraction };
    const version = before.version + 1;
    return writeOf({ ...next, version, revision, revised }, before, "retracted", retraction.at);
  });
  return problem !== "no such article";
}

const CAUSE_TEXTS: Record<Retraction["cause"], string> = {
  gone: "the page is gone",
  publisher: "retracted by the publisher",
  editor: "retracted by an editor",
};

/** A stored article whose page was skipped because of the publisher's reservations. */
export interface ToReserve extends Pick<PageRights, "binding" | "reserved"> {
  link: Pick<Link, "_id" | "articleId">;
  capture: Pick<Capture, "_id" | "fetchedAt">;
}

/**
 * Records reservations, and removes text and teaser if they must not be stored. Ignores outdated
 * responses.
 */
export async function reserveArticles(
  store: Store,
  wanted: readonly ToReserve[],
  now: Date,
): Promise<void> {
  const unchanged: { id: string; at: Date }[] = [];
  for (const { link, capture, binding, reserved } of wanted) {
    if (!link.articleId) continue;
    await changed(store, link.articleId, now, (before) => {
      if (!isUrlOf(link, before) || capture.fetchedAt < before.lastSeenAt) return null;
      const next = {
        ...before,
        ...(withholds(reserved) !== null && hasText(before) && withoutText(before)),
        rights: binding,
        reservations: reserved,
        captureId: capture._id,
        lastSeenAt: capture.fetchedAt,
      };
      const after = { ...next, ...listed(next, before, now) };
      const isSame = after.revision === before.revision && sameSignals(before.rights, after.rights);
      if (isSame && visibleState(after) === visibleState(before)) {
        unchanged.push({ id: before._id, at: capture.fetchedAt });
        return null;
      }
      return writeOf({ ...after, version: before.version + 1 }, before, "updated", now);
    });
  }
  await touchArticles(store, unchanged);
}

function hasText({ text, html, teaser }: Article): boolean {
  return text !== "" || html !== null || teaser !== null;
}

function withoutText(article: Article): Partial<Article> {
  const { text: _, html: __, teaser: ___, ...evidence } = article.evidence;
  const revision = article.revision + 1;
  return {
    teaser: null,
    text: "",
    html: null,
    longText: null,
    evidence,
    contentHash: hashContent(article.title, ""),
    revision,
    revised: { revision, kind: "reading", because: "the publisher reserves the text" },
  };
}

async function changed(
  store: Store,
  articleId: string,
  at: Date,
  decide: (before: Article) => ArticleWrite | null,
): Promise<"no such article" | "same" | null> {
  return withIntent(store, { at, articleIds: [articleId] }, async () => {
    const done = await changeArticle(store, articleId, async (before) => decide(before));
    if (typeof done === "string") return done;
    await addRevisions(store, [revisionOf(done.article, at)]);
    // If this article represents its copies, another one must do so while this one is hidden.
    await repairStories(store, [articleId], () => at);
    return null;
  });
}
