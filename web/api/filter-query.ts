import { z } from "zod";
import { viewNamed } from "../../articles/stream/views.ts";
import { checked, ProblemError } from "../../model/problem.ts";
import { Filter } from "../../model/publish/filter.ts";
import type { Context } from "../server/context.ts";
import { requireKnown } from "./known.ts";

const several = (what: string, example: string) =>
  z
    .string()
    .max(2000)
    .optional()
    .describe(`${what}; several are separated by commas, one of them is enough: \`${example}\``);

/** The filter as it stands in addresses. */
export const filterQuery = {
  source: several("Ids of sources", "berlin,hamburg"),
  topic: several("Ids of topics", "smart-city,egov"),
  country: several("ISO 3166-1 codes", "DE,AT"),
  region: several("ISO 3166-2 codes", "DE-BE,DE-HH"),
  city: several("Cities as items name them", "Berlin,Hamburg"),
  language: several("Language codes", "de,en"),
  relevance: z.coerce.number().min(0).max(1).optional().describe("At least so relevant, 0 to 1"),
  copies: z
    .enum(["true", "false"])
    .optional()
    .describe("`false`: without copies; an article that becomes one is retracted for you"),
};

/** The filter as it stands in addresses, or the view that stands for one. */
export const wantedQuery = {
  ...filterQuery,
  view: z.string().max(63).optional().describe("Id of a view, in place of a filter"),
};

/** A filter as words. */
type Query = {
  [Field in Exclude<keyof typeof filterQuery, "relevance" | "copies">]?: string | undefined;
} & { relevance?: number | string | undefined; copies?: "true" | "false" | boolean | undefined };

/**
 * The filter of an address, or that of the view it names; throws a 400 problem when it names both, and a 404 problem for a
 * source, topic or view that there isn't.
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
    const detail = "Name a view, or a filter of your own, not both.";
    throw new ProblemError(400, "invalid-request", detail);
  }
  return viewNamed(view, (await head()).views).filter;
}

/** The filter of an address; throws a 400 problem that names the field. */
export function toFilter(query: Query): Filter {
  const { source, topic, country, region, city, language, relevance, copies } = query;
  const given = {
    source: parts(source),
    topic: parts(topic),
    country: parts(country?.toUpperCase()),
    region: parts(region?.toUpperCase()),
    city: parts(city),
    language: parts(language?.toLowerCase()),
    relevance: relevance === undefined ? undefined : Number(relevance),
    copies: String(copies) === "false" ? false : undefined,
  };
  return checked(Filter, given);
}

function parts(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
