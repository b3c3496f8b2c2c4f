import type { Filter } from "../../model/publish/filter.ts";
import type { ListingFilter } from "../../store/articles/listing.ts";
import type { PortalConfig } from "./config.ts";
import type { Around } from "./edition.ts";
import type { Snapshot } from "./snapshot.ts";

/** The categories that lists can be filtered by, as written in URLs. */
export const CATEGORIES = ["topic", "country", "language", "source"] as const;

export type Category = (typeof CATEGORIES)[number];

type Naming = Pick<Around, "edition" | "config"> & { snapshot: Pick<Snapshot, "sources"> };

type Names = Record<"region" | "language", Intl.DisplayNames>;
const namesBy = new Map<string, Names>();

function namesIn(language: string): Names {
  const made = (type: "region" | "language") =>
    new Intl.DisplayNames([language], { type, fallback: "code" });
  const names = namesBy.get(language) ?? { region: made("region"), language: made("language") };
  namesBy.set(language, names);
  return names;
}

/**
 * Returns the name of a topic, country, language or source, in the language in which the portal is
 * shown; the id if no name is known.
 */
export function nameOf(
  category: Category,
  id: string,
  { edition, config, snapshot }: Naming,
): string {
  if (category === "topic") return topicName(id, config, edition.language);
  if (category === "source") return snapshot.sources.get(id)?.name ?? id;
  const names = namesIn(edition.language);
  if (category === "country") return (/^[A-Z]{2}$/.test(id) && names.region.of(id)) || id;
  return (/^[a-z]{2,3}$/.test(id) && names.language.of(id)) || id;
}

/** Describes a filter for readers, such as `Smart cities; Germany, Austria`. */
export function filterText(filter: Filter, naming: Naming): string {
  const { messages } = naming.edition;
  const categories = CATEGORIES.map((category) =>
    filter[category]?.map((id) => nameOf(category, id, naming)).join(", "),
  );
  const { region, city, relevance, copies } = filter;
  const least = relevance === undefined ? undefined : messages.relevanceFrom(relevance);
  const without = copies === false ? messages.withoutCopies : undefined;
  const all = [...categories, region?.join(", "), city?.join(", "), least, without];
  return all.filter((part) => part !== undefined).join("; ") || messages.everything;
}

/** Returns a topic's name in `language` or else the main language; the id if it has no name. */
export function topicName(
  id: string,
  { topicNames, topicNamesIn = {} }: PortalConfig,
  language = "",
): string {
  const foreign = topicNamesIn[language] ?? {};
  const own = (names: Record<string, string>) => Object.hasOwn(names, id) && names[id];
  return own(foreign) || own(topicNames) || id;
}

export function filterOf(category: Category, id: string): ListingFilter {
  return category === "source" ? { sourceId: id } : { [category]: id };
}

/** Returns whether a topic, country, language or source is configured or has articles. */
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

/**
 * Returns the topics, countries, languages or sources that have articles, each as its id and its
 * number of articles, the largest number first. For topics, if `shownTopics` is set, returns only
 * these, in their order.
 */
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

function ranked(counts: Record<string, number>): [string, number][] {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

export function countsOf(category: Category, { counters }: Snapshot): Record<string, number> {
  const { all } = counters;
  return {
    topic: all.byTopic,
    country: all.byCountry,
    language: all.byLanguage,
    source: all.bySource,
  }[category];
}
