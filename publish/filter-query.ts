import { z } from "zod";
import { Filter } from "../model/filter.ts";
import { ProblemError } from "./problem.ts";

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
  language: several("Language codes", "de,en"),
};

/** The filter of an address; throws a 400 problem that names the field. */
export function toFilter(
  query: { [Field in keyof typeof filterQuery]?: string | undefined },
): Filter {
  const { source, topic, country, language } = query;
  const given = {
    source: parts(source),
    topic: parts(topic),
    country: parts(country?.toUpperCase()),
    language: parts(language?.toLowerCase()),
  };
  const read = Filter.safeParse(given);
  if (read.success) return read.data;
  throw new ProblemError(400, "invalid-request", z.prettifyError(read.error));
}

function parts(text: string | undefined): string[] | undefined {
  if (text === undefined) return undefined;
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
