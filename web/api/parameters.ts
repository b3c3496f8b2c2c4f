import { z } from "zod";
import { ApiItem } from "../../articles/stream/item.ts";
import { viewNamed } from "../../articles/stream/views.ts";
import { checked, invalidRequest, ProblemError, unknownName } from "../../model/problem.ts";
import { Filter } from "../../model/publish/filter.ts";
import { ALL_DAYS, getDays } from "../../store/publish/counters.ts";
import { sourcesById } from "../../store/sources/sources.ts";
import type { Context } from "../server/context.ts";
import type { Head } from "../server/snapshot.ts";

const several = (what: string, example: string) =>
  z
    .string()
    .max(2000)
    .optional()
    .describe(`${what}, separated by commas; an article must match one of them: \`${example}\``);

const filterQuery = {
  source: several("Ids of sources", "berlin,hamburg"),
  topic: several("Ids of topics", "smart-city,egov"),
  country: several("ISO 3166-1 codes", "DE,AT"),
  region: several("ISO 3166-2 codes", "DE-BE,DE-HH"),
  city: several("English names of cities, as in items", "Berlin,Hamburg"),
  language: several("Language codes", "de,en"),
  relevance: z.coerce
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("Lowest relevance of an article, 0 to 1"),
  copies: z
    .enum(["true", "false"])
    .optional()
    .describe(
      "`false`: leave out copies of other articles; an article that becomes a copy arrives as `retracted`",
    ),
};

/** URL parameters of a filter, and `view`, which is used instead of a filter. */
export const wantedQuery = {
  ...filterQuery,
  view: z.string().max(63).optional().describe("Id of a view to use instead of a filter"),
};

type Query = {
  [Field in Exclude<keyof typeof filterQuery, "relevance" | "copies">]?: string | undefined;
} & { relevance?: number | string | undefined; copies?: "true" | "false" | boolean | undefined };

/**
 * Returns the filter that URL parameters state or, if they name a view, the view's filter. Throws a
 * 400 problem if they do both, and a 404 problem for an unknown view, source or topic.
 */
export async function wantedOf(
  { view, ...query }: Query & { view?: string | undefined },
  { store, config, head }: Pick<Context, "store" | "config" | "head">,
): Promise<Filter> {
  const filter = toFilter(query);
  if (filter.source || filter.topic) {
    await requireKnown({ store, config, sources: (await head()).sources }, filter);
  }
  if (view === undefined) return filter;
  if (Object.values(filter).some((wanted) => wanted !== undefined)) {
    throw invalidRequest("Give either a view or a filter, not both.");
  }
  return viewNamed(view, (await head()).views).filter;
}

/** Parses URL parameters into a filter. Throws a 400 problem that names an invalid field. */
export function toFilter(query: Query): Filter {
  const { source, topic, country, region, city, language, relevance, copies } = query;
  const fields = {
    source: parts(source),
    topic: parts(topic),
    country: parts(country?.toUpperCase()),
    region: parts(region?.toUpperCase()),
    city: parts(city),
    language: parts(language?.toLowerCase()),
    relevance: relevance === undefined ? undefined : Number(relevance),
    copies: String(copies) === "false" ? false : undefined,
  };
  return checked(Filter, fields);
}

function parts(text: string | undefined): string[] | undefined {
  return text
    ?.split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

/** Throws a 404 problem for a source or topic that isn't configured and has no articles. */
export async function requireKnown(
  { store, config, sources }: Pick<Context, "store" | "config"> & Pick<Head, "sources">,
  { source = [], topic = [] }: Pick<Filter, "source" | "topic">,
): Promise<void> {
  const lost = source.filter((id) => !sources.has(id));
  const strange = topic.filter((id) => !Object.hasOwn(config.topicNames, id));
  if (lost.length + strange.length === 0) return;
  // The data in memory can be some seconds old.
  const [fresh, days] = await Promise.all([sourcesById(store), getDays(store, [ALL_DAYS])]);
  const { bySource, byTopic } = days(ALL_DAYS);
  const lostNow = lost.find((id) => !fresh.has(id) && !Object.hasOwn(bySource, id));
  if (lostNow !== undefined) throw unknownProblem("source", lostNow, fresh.keys());
  const strangeNow = strange.find((id) => !Object.hasOwn(byTopic, id));
  if (strangeNow === undefined) return;
  throw unknownProblem("topic", strangeNow, [
    ...Object.keys(config.topicNames),
    ...Object.keys(byTopic),
  ]);
}

function unknownProblem(what: string, id: string, known: Iterable<string>): ProblemError {
  return new ProblemError(404, `unknown-${what}`, unknownName(what, id, new Set(known)));
}

/** A text in a response; null if there is none. */
export const NullableText = z.string().nullable();

/** Returns the schema of a page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next_cursor: NullableText,
    has_more: z.boolean(),
  });
}

const ALWAYS_SHOWN_FIELDS = ["id", "version"];

export const fieldsQuery = {
  fields: z
    .string()
    .max(1000)
    .optional()
    .describe(
      "Fields of each item to return besides `id` and `version`, separated by commas, e.g. `title,url,teaser`",
    ),
};

/** Returns a function that picks `fields` from items. Throws a 400 problem for unknown fields. */
export function picker(
  fields: string | undefined,
  also: readonly string[] = [],
): <T extends object>(item: T) => Partial<T> {
  if (fields === undefined) return (item) => item;
  const wanted = parts(fields) ?? [];
  const known = [...Object.keys(ApiItem.shape), ...also];
  const unknown = wanted.filter((field) => !known.includes(field));
  if (unknown.length > 0) {
    throw invalidRequest(`fields: not known: ${unknown.join(", ")}; allowed: ${known.join(", ")}.`);
  }
  const shown = new Set([...ALWAYS_SHOWN_FIELDS, ...wanted]);
  return <T extends object>(item: T) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => shown.has(name))) as Partial<T>;
}
