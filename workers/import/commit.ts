import type { Capture } from "../../model/capture.ts";
import type { Link } from "../../model/link.ts";
import { addCaptures, knownCaptures } from "../../store/captures.ts";
import { addLinks } from "../../store/links.ts";
import type { Store } from "../../store/store.ts";
import { tombstonesOf } from "../../store/tombstones.ts";
import { leaveBuried } from "../buried.ts";
import type { CommitEntry } from "../commit.ts";
import { type CommitOptions, commitArticles } from "../commit-articles.ts";
import { learnRepeated } from "../learn.ts";
import { count, type ImportReport } from "./report.ts";

/**
 * Stores what was read of an archive, and counts it: captures, then articles, then the links of new ones,
 * which are not looked at again. A link comes once in `all`, since what a page said earlier is told first.
 */
export async function commitImported(
  store: Store,
  all: CommitEntry[],
  options: CommitOptions,
  report: ImportReport,
): Promise<void> {
  const entries = await leaveBuried(store, all, options.now());
  await countBuried(store, all, new Set(entries), report);
  const captures = entries.map(({ capture }) => capture);
  const known = await knownCaptures(
    store,
    captures.map(({ _id }) => _id),
  );
  report.captures.known += known.size;
  report.captures.stored += entries.length - known.size;
  await addCaptures(
    store,
    captures,
    entries.flatMap(({ body }) => body ?? []),
  );
  const pages = entries.flatMap(({ link, capture, reading }) =>
    reading ? { link, capture, reading } : [],
  );
  const outcomes = await commitArticles(store, pages, options);
  await learnRepeated(store, pages, outcomes, options.now());
  for (const { capture, reading } of entries) {
    if (!reading && capture.reason) count(report.without, capture.reason);
    if (capture.truncated) report.truncated++;
  }
  const links = pages.flatMap(({ link, capture }) => {
    const outcome = outcomes.get(link._id);
    return outcome ? linkOf(link, capture, outcome) : [];
  });
  for (const { outcome } of links) if (outcome) report.articles[outcome]++;
  await addLinks(store, links);
}

async function countBuried(
  store: Store,
  all: readonly CommitEntry[],
  alive: ReadonlySet<CommitEntry>,
  report: ImportReport,
): Promise<void> {
  const left = all.filter((entry) => !alive.has(entry)).map(({ link }) => link._id);
  if (left.length === 0) return;
  const tombstones = await tombstonesOf(store, left);
  for (const id of left) count(report.left, tombstones.get(id)?.kind ?? "erased");
}

function linkOf(
  link: Link,
  { _id: captureId, fetchedAt, hops, finalUrl }: Capture,
  { articleId, outcome }: Pick<Link, "articleId" | "outcome">,
): Link {
  const done = { state: "done", dueAt: null, doneAt: fetchedAt, nextLookAt: null } as const;
  return { ...link, ...done, captureId, hops, url: finalUrl, articleId, outcome };
}
