import { shortHash } from "../../lib/hash.ts";
import type { Contradiction } from "../../model/crawl/host.ts";
import type { FoundLink, ListedEntries } from "../../model/crawl/link.ts";

/**
 * Maximum number of entries that are considered, in document order, for the comparison with the
 * next fetch. The first `MAX_STORED_ENTRIES` of them that aren't skipped or repeated are stored.
 */
export const MAX_ORDERED_ENTRIES = 200;
const MAX_STORED_ENTRIES = 100;
const HOUR_S = 3600;
const MIN_CHANGED_ENTRIES = 3;
const MIN_COMMON_ENTRIES = 8;
/**
 * The order counts as contradicted if at least this share of the pairs of neighbouring entries had
 * the opposite order at the last fetch. A single entry that moved up isn't enough.
 */
const MIN_SWAPPED_SHARE = 0.25;

interface Entry {
  key: string;
  id: string;
  title: string;
  /** The later of the dates of publication and modification, seconds since 1970; 0 if unknown. */
  date: number;
}

/**
 * Returns a summary of the links in a feed, sitemap or listing, to compare with the next fetch.
 * `order` has the links' keys in document order.
 */
export function toListedEntries(
  order: Iterable<string>,
  links: ReadonlyMap<string, FoundLink>,
): ListedEntries {
  const entries: string[] = [];
  for (const key of new Set(order)) {
    const link = links.get(key);
    if (link && entries.length < MAX_STORED_ENTRIES) entries.push(line(key, link));
  }
  const all = [...links].map(([key, { hints }]) => `${key} ${hints.title ?? ""}`);
  return { digest: shortHash(all.toSorted().join("\n")), entries };
}

function line(key: string, { hints }: FoundLink): string {
  const { guid, title, publishedAt, modifiedAt } = hints;
  const at = Math.max(publishedAt?.getTime() ?? 0, modifiedAt?.getTime() ?? 0);
  const [id = "-", name = "-"] = [guid && brief(guid), title && brief(title)];
  return `${key.slice(0, 12)} ${id} ${name} ${Math.floor(at / 1000)}`;
}

function brief(text: string): string {
  return shortHash(text).slice(0, 8);
}

function entriesOf({ entries }: ListedEntries): Entry[] {
  return entries.map((text) => {
    const [key = "", id = "", title = "", date = ""] = text.split(" ");
    return { key, id, title, date: Number(date) };
  });
}

export function contradictions(
  before: ListedEntries | undefined,
  now: ListedEntries,
): Contradiction[] {
  if (!before) return [];
  const old = entriesOf(before);
  const fresh = entriesOf(now);
  const was = new Map(old.map((entry) => [entry.key, entry]));
  const common = fresh.flatMap((is) => {
    const had = was.get(is.key);
    return had ? [{ is, had }] : [];
  });
  return [ids(old, fresh, common), dates(common), orders(old, fresh)].flatMap((one) => one ?? []);
}

type Pair = { is: Entry; had: Entry };

function ids(old: Entry[], fresh: Entry[], common: Pair[]): Contradiction | null {
  const comparable = common.filter(({ is, had }) => is.id !== "-" && had.id !== "-");
  const others = comparable.filter(({ is, had }) => is.id !== had.id);
  if (others.length >= MIN_CHANGED_ENTRIES && others.length * 2 >= comparable.length) {
    const evidence = `${others.length} of ${comparable.length} entries have another id than at the last fetch`;
    return { kind: "ids", evidence };
  }
  const owners = new Map(old.map((entry) => [entry.id, entry]));
  // With the same title it is the same article at another URL.
  const reused = fresh.filter(({ key, id, title }) => {
    const owner = id === "-" ? undefined : owners.get(id);
    return owner && owner.key !== key && owner.title !== title;
  });
  if (reused.length === 0) return null;
  return { kind: "ids", evidence: `new entries with the id of another article: ${reused.length}` };
}

function dates(common: Pair[]): Contradiction | null {
  const dated = common.filter(({ is, had }) => is.date > 0 && had.date > 0);
  const later = dated.filter(
    ({ is, had }) => is.title === had.title && is.date > had.date + HOUR_S,
  );
  if (later.length < MIN_CHANGED_ENTRIES || later.length * 2 < dated.length) return null;
  const evidence = `${later.length} of ${dated.length} entries are dated later than at the last fetch`;
  return { kind: "dates", evidence };
}

function orders(old: Entry[], fresh: Entry[]): Contradiction | null {
  const place = new Map(old.map(({ key }, index) => [key, index]));
  const positions = fresh.flatMap(({ key }) => place.get(key) ?? []);
  const swapped = positions.filter((at, index) => at < (positions[index - 1] ?? -1)).length;
  if (positions.length < MIN_COMMON_ENTRIES || swapped < MIN_SWAPPED_SHARE * (positions.length - 1))
    return null;
  const evidence = `${swapped} of ${positions.length} entries changed places`;
  return { kind: "order", evidence };
}
