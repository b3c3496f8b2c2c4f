import type { Draft } from "../../articles/revisions/draft.ts";
import { applyMissingCorrections } from "../../articles/stories/corrections.ts";
import { restoryArticles } from "../../articles/stories/repair.ts";
import type { Progress, Report, Reprocessing, Slice } from "../../model/archive/reprocessing.ts";
import type { FieldChange } from "../../model/archive/staging-set.ts";
import type { Article } from "../../model/articles/article.ts";
import { COMPARED_FIELDS } from "../../model/articles/fields.ts";
import {
  endReprocessing,
  keepReprocessing,
  takeReprocessing,
} from "../../store/archive/reprocessings.ts";
import { getArticles, getStatuses } from "../../store/articles/articles.ts";
import { readSlice, sliceStart } from "../../store/articles/slice.ts";
import type { Store } from "../../store/store.ts";
import { type Derivation, type Planned, plan, type ReprocessDeps } from "./plan.ts";
import { write } from "./write.ts";

const BATCH_SIZE = 50;

/** A request to derive articles again. Without `keep`, nothing is stored. */
export type Request = Omit<Reprocessing, "done" | "planned"> & { keep: boolean };

/** The progress of deriving articles again. `share`, 0 to 1, is estimated from the dates. */
export interface ReprocessProgress extends Progress {
  share: number;
}

/**
 * Derives the articles of `request.slice` again, and yields the progress. With `request.keep`,
 * stores the results and continues an interrupted run.
 */
export async function* reprocess(
  deps: ReprocessDeps,
  request: Request,
  batch = BATCH_SIZE,
): AsyncGenerator<ReprocessProgress> {
  const { keep, ...rest } = request;
  const fresh = { ...rest, done: { after: null, report: emptyReport() }, planned: null };
  const reprocessing = keep ? await takeReprocessing(deps.store, fresh) : fresh;
  const stages = new Set(reprocessing.stages);
  let { done, planned } = reprocessing;
  if (done.after) yield { ...done, share: 0 };
  for await (const { articles, after, share } of pieces(
    deps.store,
    reprocessing.slice,
    done.after,
    batch,
  )) {
    const next: Progress = { after, report: structuredClone(done.report) };
    next.report.articles += articles.length;
    const isOnlyStories = stages.size === 1 && stages.has("stories");
    const derivations = isOnlyStories
      ? []
      : noteAll(next.report, await plan(deps, articles, stages));
    if (keep) {
      // If an earlier process ended while it wrote this batch, `planned` has the report, which
      // can't be computed again.
      const noted = planned?.after?.id === after.id ? planned : null;
      const report = noted?.report ?? next.report;
      planned = { ...next, report };
      await keepReprocessing(deps.store, reprocessing, { done, planned });
      await write(deps, derivations, {
        resumed: noted !== null,
        again: (changed) => plan(deps, changed, stages),
      });
      if (stages.has("stories")) await redecideStories(deps, articles, report);
      done = planned;
      await keepReprocessing(deps.store, reprocessing, { done, planned: null });
    } else {
      done = next;
    }
    yield { ...done, share };
  }
  if (keep && stages.has("stories")) await applyMissingCorrections(deps.store, deps.now);
  if (keep) await endReprocessing(deps.store, reprocessing);
  yield { ...done, share: 1 };
}

async function redecideStories(
  { store, now }: ReprocessDeps,
  articles: readonly Article[],
  report: Report,
): Promise<void> {
  const ids = articles.map(({ _id }) => _id);
  const before = await getArticles(store, ids);
  await restoryArticles(store, [...before.values()], now);
  for (const { _id, storyId } of await getStatuses(store, ids)) {
    const was = before.get(_id);
    if (!was || was.storyId === storyId) continue;
    report.changed++;
    noteDifferences(report, was, { ...was, storyId });
  }
}

/**
 * Yields a slice's articles after the position `from`, in batches of up to `size`. They are sorted
 * by source, then by date.
 */
export async function* pieces(store: Store, slice: Slice, from: Progress["after"], size: number) {
  const sources = slice.sources ?? [null];
  let place = from;
  for (let at = from?.source ?? 0; at < sources.length; at++) {
    const stretch = { ...slice, sourceId: sources[at] ?? null };
    const since = (await sliceStart(store, stretch)) ?? slice.until;
    for (;;) {
      const after = place?.source === at ? place : null;
      const articles = await readSlice(store, { ...stretch, since }, after, size);
      const last = articles.at(-1);
      if (!last) break;
      place = { source: at, sortAt: last.sortAt, id: last._id };
      const within =
        (last.sortAt.getTime() - since.getTime()) / (slice.until.getTime() - since.getTime());
      yield { articles, after: place, share: (at + within) / sources.length };
    }
  }
}

const MAX_EXAMPLES = 5;
const MAX_EXCERPT = 120;
const EXCERPT_LEAD_CHARS = 30;

const FIELDS: Record<string, (article: Draft) => unknown> = {
  ...readersOf(COMPARED_FIELDS),
  ...readersOf(["url", "country", "region", "city", "prefix", "topics"]),
  relevance: (article) => article.evidence.relevance?.score ?? null,
  ...readersOf(["status", "fieldScore", "storyId"]),
};

function readersOf(names: readonly (keyof Draft)[]) {
  return Object.fromEntries(names.map((name) => [name, (article: Draft) => article[name]]));
}

export function emptyReport(): Report {
  return { articles: 0, changed: 0, refreshed: 0, left: {}, fields: {} };
}

export function differencesOf(before: Draft, after: Draft): Record<string, FieldChange> {
  const found: Record<string, FieldChange> = {};
  for (const [field, read] of Object.entries(FIELDS)) {
    const [was, is] = [textOf(read(before)), textOf(read(after))];
    if (was === is) continue;
    const from = Math.max(0, firstDifference(was, is) - EXCERPT_LEAD_CHARS);
    found[field] = { before: excerpt(was, from), after: excerpt(is, from) };
  }
  return found;
}

function noteDifferences(report: Report, before: Draft, after: Draft): void {
  for (const [field, change] of Object.entries(differencesOf(before, after))) {
    const changes = (report.fields[field] ??= { count: 0, examples: [] });
    changes.count++;
    if (changes.examples.length < MAX_EXAMPLES) {
      changes.examples.push({ articleId: before._id, ...change });
    }
  }
}

/** Adds to a report what was planned. Returns the derivations. */
export function noteAll(report: Report, planned: readonly Planned[]): Derivation[] {
  return planned.flatMap((one) => {
    if ("left" in one) {
      report.left[one.left] = (report.left[one.left] ?? 0) + 1;
      return [];
    }
    if (one.visible) report.changed++;
    else if (one.differs) report.refreshed++;
    noteDifferences(report, one.before, one.draft);
    return one;
  });
}

export function filledFields(article: Draft): string[] {
  return Object.entries(FIELDS).flatMap(([field, read]) =>
    textOf(read(article)) === "" ? [] : [field],
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : JSON.stringify(value);
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function excerpt(text: string, from: number): string {
  const whole = text.length <= MAX_EXCERPT;
  const piece = whole ? text : text.slice(from, from + MAX_EXCERPT);
  const before = !whole && from > 0 ? "…" : "";
  const after = !whole && from + MAX_EXCERPT < text.length ? "…" : "";
  return before + piece.replace(/\s+/g, " ").trim() + after;
}
