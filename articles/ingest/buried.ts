import { urlKey } from "../../crawler/links/canonical-url.ts";
import type { Tombstone } from "../../model/articles/article.ts";
import type { Capture } from "../../model/crawl/capture.ts";
import type { Discovery, Link } from "../../model/crawl/link.ts";
import { bury, tombstonesOf } from "../../store/articles/tombstones.ts";
import { recordOutcomes, removeLinks } from "../../store/crawl/links.ts";
import type { Store } from "../../store/store.ts";
import { articleUrlOf, type Reading } from "../revisions/draft.ts";
import { keysOf, variantsOf } from "./decide.ts";
import { skippedSet } from "./link-states.ts";

interface Entry {
  link: Link;
  token: string;
  capture: Pick<Capture, "hops" | "finalUrl">;
  reading: Reading | null;
}

/**
 * Returns the discovery without the links that have a tombstone. `erased` is the number of these
 * links whose tombstone says that their content was erased.
 */
export async function withoutBuried(
  store: Store,
  discovery: Discovery,
): Promise<{ discovery: Discovery; erased: number }> {
  const urls = [...discovery.links, ...discovery.skipped].flatMap(({ url }) => keyOf(url) ?? []);
  const buried = await tombstonesOf(store, urls);
  if (buried.size === 0) return { discovery, erased: 0 };
  const isAlive = ({ url }: { url: string }) => !buried.has(keyOf(url) ?? "");
  const erased = [...buried.values()].filter(({ kind }) => kind === "erased").length;
  // Links of purged articles are still stored and record the purge themselves.
  const erasedProblem = erased > 0 ? [`erased links skipped: ${erased}`] : [];
  const problems = [...discovery.problems, ...erasedProblem];
  const links = discovery.links.filter(isAlive);
  const skipped = discovery.skipped.filter(isAlive);
  return { discovery: { ...discovery, links, skipped, problems }, erased };
}

function keyOf(url: string): string | null {
  return URL.canParse(url) ? urlKey(url) : null;
}

/**
 * Returns the entries without a tombstone. Marks the links of the others as skipped, or deletes
 * them if their content was erased.
 */
export async function leaveBuried<T extends Entry>(
  store: Store,
  entries: T[],
  now: Date,
): Promise<T[]> {
  const keys = new Map(entries.map((entry) => [entry, keysOfUrls(entry)]));
  const buried = await tombstonesOf(store, [...keys.values()].flat());
  if (buried.size === 0) return entries;
  const remaining: T[] = [];
  const left: { entry: T; tombstone: Tombstone }[] = [];
  for (const entry of entries) {
    const tombstone = keys.get(entry)?.flatMap((key) => buried.get(key) ?? [])[0];
    if (tombstone) left.push({ entry, tombstone });
    else remaining.push(entry);
  }
  await recordBuried(store, left, now);
  return remaining;
}

/**
 * Marks links that have a tombstone as skipped. If a link's content was erased, deletes the link
 * instead and stores a tombstone with its key, because the link's URL and hints can name the person
 * whom the erased content was about.
 */
export async function recordBuried(
  store: Store,
  left: { entry: Pick<Entry, "link" | "token">; tombstone: Tombstone }[],
  now: Date,
): Promise<void> {
  const erased = left.filter(({ tombstone }) => tombstone.kind === "erased");
  await bury(
    store,
    erased.map(({ entry, tombstone }) => ({ ...tombstone, _id: entry.link._id, at: now })),
  );
  await removeLinks(
    store,
    erased.map(({ entry }) => entry.link._id),
  );
  await recordOutcomes(
    store,
    left.map(({ entry: { link, token }, tombstone: { kind, reason } }) => {
      const set = skippedSet({ skipped: kind, detail: reason });
      return { id: link._id, token, set: { ...set, doneAt: now } };
    }),
  );
}

function keysOfUrls({ link, capture, reading }: Entry): string[] {
  if (link.kind !== "article") return [];
  const { hops, finalUrl } = capture;
  const articleUrl = reading ? articleUrlOf(reading) : finalUrl;
  const variants = reading ? variantsOf(reading.extracted.extraction, finalUrl) : [];
  return keysOf({ link, hops, finalUrl, articleUrl, variants });
}
