import { type Article, REVISION_KINDS, toVisible } from "../model/articles/article.ts";
import { type Correction, decisionText } from "../model/articles/correction.ts";
import type { Link } from "../model/crawl/link.ts";
import type { Change } from "../model/publish/change.ts";
import { type Filter, matchesFields } from "../model/publish/filter.ts";
import { readRevisions } from "../store/articles/articles.ts";
import { linkIdsOfArticle, readCaptures } from "../store/crawl/captures.ts";
import { getLink } from "../store/crawl/links.ts";
import { changesOfArticles } from "../store/publish/changes.ts";
import { listConsumers } from "../store/publish/consumers.ts";
import { deliveriesOfChanges, listSubscribers } from "../store/publish/subscribers.ts";
import { listViews } from "../store/publish/views.ts";
import { soon } from "../store/queries.ts";
import type { Store } from "../store/store.ts";

export interface TimelineStep {
  at: Date;
  what: "found" | "fetched" | "read" | "decided" | "published" | "delivered";
  detail: string;
  /** Id of the stored response; present only if `what` is `fetched`. */
  captureId?: string;
}

/** How far a consumer or a webhook has read the changes of an article. */
export interface TimelineReader {
  kind: "consumer" | "webhook";
  name: string;
  /** `filtered out`: the reader's filter matches neither the article nor its earlier states. */
  state: "has it" | "behind" | "filtered out";
  /**
   * Number of changes that the reader must still read to get this article's last change. 0 if the
   * reader's filter excludes the article.
   */
  behind: number;
}

export interface Timeline {
  steps: TimelineStep[];
  /**
   * Failed attempts since the link became due, and the last cause; null if there were none, or if
   * the link is done.
   */
  failing: { attempts: number; cause: string } | null;
  readers: TimelineReader[];
}

const MAX_CAPTURES = 100;
const MAX_CHANGES = 20;

/** Returns the history of an article, and how far each reader of the change stream has read it. */
export async function readTimeline(
  store: Store,
  article: Omit<Article, "pending" | "pendingAt">,
  { link, corrections, now }: { link: Link | null; corrections: readonly Correction[]; now: Date },
): Promise<Timeline> {
  const { _id } = article;
  const linkIds = await linkIdsOfArticle(store, _id);
  const [page, revisions, changesById] = await Promise.all([
    readCaptures(store, { of: { linkIds }, until: soon(now) }, { limit: MAX_CAPTURES }),
    readRevisions(store, _id),
    changesOfArticles(store, [_id]),
  ]);
  const parent = link?.parentId ? await getLink(store, link.parentId) : null;
  const changes = (changesById.get(_id) ?? [])
    .toSorted((a, b) => a.seq - b.seq)
    .slice(-MAX_CHANGES);
  const origin = parent ? `, named by ${parent.foundUrl}` : ", without a link from another page";
  const found = link ? [step("found", link.firstSeenAt, `${link.foundUrl}${origin}`)] : [];
  const fetched = page.captures.map((capture): TimelineStep => {
    const left = capture.reason
      ? `, ${capture.reason}${capture.detail ? `: ${capture.detail}` : ""}`
      : "";
    const detail = `${capture.finalUrl}: ${capture.status}, ${capture.decodedBytes} bytes, ${capture.lane}${left}`;
    return { ...step("fetched", capture.fetchedAt, detail), captureId: capture._id };
  });
  const read = revisions.map(({ revision, kind, because, at, extractor }) => {
    const words = kind ? REVISION_KINDS[kind] : "read";
    const why = because ? `, ${because}` : "";
    return step("read", at, `revision ${revision}: ${words}${why}, by rules ${extractor}`);
  });
  const decided = corrections.flatMap(({ word, actor, at, reason, undone }) => {
    const decision = step("decided", at, `${actor}: ${decisionText(word)} (${reason})`);
    if (!undone) return [decision];
    const back = `${undone.actor} undid ${decisionText(word)} (${undone.reason})`;
    return [decision, step("decided", undone.at, back)];
  });
  const published = changes.map(({ seq, kind, at }) =>
    step("published", at, `${kind}, change ${seq} of the stream`),
  );
  const { delivered, readers } = await readersOf(store, article, changes);
  const steps = [...found, ...fetched, ...read, ...decided, ...published, ...delivered];
  const isFailing = link !== null && link.state !== "done" && link.attempts > 0;
  return {
    // Steps in the same second stay in the order of the pipeline, because a revision is stored
    // after the change that publishes it.
    steps: steps.toSorted((a, b) => secondOf(a) - secondOf(b)),
    failing: isFailing ? { attempts: link.attempts, cause: link.reason ?? "it failed" } : null,
    readers,
  };
}

async function readersOf(
  store: Store,
  article: Omit<Article, "pending" | "pendingAt">,
  changes: readonly Change[],
): Promise<{ delivered: TimelineStep[]; readers: TimelineReader[] }> {
  const seqs = changes.map(({ seq }) => seq);
  const [consumers, subscribers, views, attempts] = await Promise.all([
    listConsumers(store),
    listSubscribers(store),
    listViews(store),
    deliveriesOfChanges(store, seqs),
  ]);
  const last = changes.at(-1);
  const urlOf = new Map(subscribers.map(({ _id, url }) => [_id, url]));
  const delivered = attempts.map((attempt) => {
    const { subscriberId, seq, at, delivered: isTaken, problem, response } = attempt;
    const outcome = isTaken ? "accepted" : (problem ?? "not accepted");
    const status = response ? `, ${response.status}` : "";
    const url = urlOf.get(subscriberId) ?? "a removed subscriber";
    return step("delivered", at, `change ${seq} to ${url}: ${outcome}${status}`);
  });
  const visible = toVisible(article);
  const stateOf = (reader: { seq: number; filter: Filter; view?: string }) => {
    const filter = views.find(({ _id }) => _id === reader.view)?.filter ?? reader.filter;
    // A reader also gets a change for an article that stops matching the reader's filter.
    const isWanted =
      matchesFields(filter, visible) ||
      changes.some(({ before }) => before !== null && matchesFields(filter, before));
    const behind = last ? Math.max(0, last.seq - reader.seq) : 0;
    const state = !isWanted ? "filtered out" : behind > 0 ? "behind" : "has it";
    return { state, behind: isWanted ? behind : 0 } as const;
  };
  const readers = [
    ...consumers.map((one) => ({ kind: "consumer" as const, name: one._id, ...stateOf(one) })),
    ...subscribers.map((one) => ({ kind: "webhook" as const, name: one.url, ...stateOf(one) })),
  ];
  return { delivered, readers: last ? readers : [] };
}

function step(what: TimelineStep["what"], at: Date, detail: string): TimelineStep {
  return { at, what, detail };
}

function secondOf({ at }: TimelineStep): number {
  return Math.floor(at.getTime() / 1000);
}
