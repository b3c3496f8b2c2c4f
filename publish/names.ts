import type { Filter } from "../model/filter.ts";
import type { ListingFilter } from "../store/listing.ts";
import type { PortalConfig } from "./config.ts";
import type { Snapshot } from "./snapshot.ts";

/** The ways to narrow a list, as they stand in addresses. */
export const CATEGORIES = ["topic", "country", "language", "source"] as const;

export type Category = (typeof CATEGORIES)[number];

const regions = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });

/** What readers call a topic, country, language or source. */
export function nameOf(
  category: Category,
  id: string,
  config: PortalConfig,
  snapshot: Pick<Snapshot, "sources">,
): string {
  if (category === "topic") return topicName(id, config);
  if (category === "source") return snapshot.sources.get(id)?.name ?? id;
  if (category === "country") return (/^[A-Z]{2}$/.test(id) && regions.of(id)) || id;
  return (/^[a-z]{2,3}$/.test(id) && languages.of(id)) || id;
}

/** What a filter asks for, in words: `Smart cities; Germany, Austria`. */
export function filterText(
  filter: Filter,
  config: PortalConfig,
  snapshot: Pick<Snapshot, "sources">,
): string {
  const named = CATEGORIES.map((category) =>
    filter[category]?.map((id) => nameOf(category, id, config, snapshot)).join(", "),
  );
  const { region, city, relevance } = filter;
  const least = relevance === undefined ? undefined : `relevance from ${relevance}`;
  const all = [...named, region?.join(", "), city?.join(", "), least];
  return all.filter((words) => words !== undefined).join("; ") || "everything";
}

/** What readers call a topic. */
export function topicName(id: string, { topicNames }: PortalConfig): string {
  return (Object.hasOwn(topicNames, id) && topicNames[id]) || id;
}

/** The list of one category. */
export function filterOf(category: Category, id: string): ListingFilter {
  return category === "source" ? { sourceId: id } : { [category]: id };
}

/** Whether a category exists: it is configured, or has articles. */
export function isKnown(
  category: Category,
  id: string,
  config: PortalConfig,
  snapshot: Snapshot,
): boolean {
  if (category === "source" && snapshot.sources.has(id)) return true;
  if (category === "topic" && Object.hasOwn(config.topicNames, id)) return true;
  return Object.hasOwn(countsOf(category, snapshot), id);
}

/** Ids of a category that have articles: topics in the order of the portal, others by their number. */
export function entriesOf(
  category: Category,
  { shownTopics }: PortalConfig,
  snapshot: Snapshot,
): [string, number][] {
  const counts = countsOf(category, snapshot);
  if (category !== "topic" || !shownTopics) return ranked(counts);
  return shownTopics
    .map((id): [string, number] => [id, counts[id] ?? 0])
    .filter(([, count]) => count > 0);
}

/** Ids with a number over 0, the most frequent first. */
function ranked(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Listed articles by id of a category. */
export function countsOf(category: Category, { counters }: Snapshot): Record<string, number> {
  const { all } = counters;
  return {
    topic: all.byTopic,
    country: all.byCountry,
    language: all.byLanguage,
    source: all.bySource,
  }[category];
}
