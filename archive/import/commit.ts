import { leaveBuried } from "../../articles/ingest/buried.ts";
import {
  type ArticlePage,
  type CommitOptions,
  commitArticles,
} from "../../articles/ingest/commit-articles.ts";
import { learnRepeated } from "../../articles/ingest/learn.ts";
import { addCaptures, knownCaptures } from "../../store/captures.ts";
import { addLinks } from "../../store/links.ts";
import type { Store } from "../../store/store.ts";
import { tombstonesOf } from "../../store/tombstones.ts";
import { importedLink, type JoinDeps, joinSheets } from "./join.ts";
import type { ImportEntry } from "./read.ts";
import { count, type ImportReport } from "./report.ts";

/**
 * Stores what was read of an archive, and counts it: captures, then articles with their further pages, then the
 * links of new ones, which are not looked at again. A link comes once in `all`, since what a page said earlier is told first.
 */
export async function commitImported(
  deps: JoinDeps & { options: CommitOptions },
  all: ImportEntry[],
  report: ImportReport,
): Promise<void> {
  const { store, options } = deps;
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
  const whole = pagesOf(entries.filter(({ sheet }) => !sheet));
  await commitPages(store, whole, options, report);
  const { sheets, strangers } = await joinSheets(deps, entries);
  await commitPages(store, pagesOf(strangers), options, report);
  await addLinks(store, sheets);
  report.articles.duplicate += sheets.length;
  for (const { capture, reading } of entries) {
    if (!reading && capture.reason) count(report.without, capture.reason);
    if (capture.truncated) report.truncated++;
  }
}

const pagesOf = (entries: readonly ImportEntry[]): ArticlePage[] =>
  entries.flatMap(({ link, capture, reading }) => (reading ? { link, capture, reading } : []));

/** Stores what pages hold, and the links of new ones. */
async function commitPages(
  store: Store,
  pages: ArticlePage[],
  options: CommitOptions,
  report: ImportReport,
): Promise<void> {
  if (pages.length === 0) return;
  const outcomes = await commitArticles(store, pages, options);
  await learnRepeated(store, pages, outcomes, options.now());
  const links = pages.flatMap(({ link, capture }) => {
    const outcome = outcomes.get(link._id);
    return outcome ? importedLink(link, capture, outcome) : [];
  });
  for (const { outcome } of links) if (outcome) report.articles[outcome]++;
  await addLinks(store, links);
}

async function countBuried(
  store: Store,
  all: readonly ImportEntry[],
  alive: ReadonlySet<ImportEntry>,
  report: ImportReport,
): Promise<void> {
  const left = all.filter((entry) => !alive.has(entry)).map(({ link }) => link._id);
  if (left.length === 0) return;
  const tombstones = await tombstonesOf(store, left);
  for (const id of left) count(report.left, tombstones.get(id)?.kind ?? "erased");
}
