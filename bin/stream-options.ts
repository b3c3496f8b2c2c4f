import type { Command } from "@commander-js/extra-typings";
import { loadPlaces } from "../articles/reading/gazetteer.ts";
import { countryCode, languageCode, nearestCountry, nearestLanguage } from "../lib/codes.ts";
import type { Filter } from "../model/publish/filter.ts";
import type { Store } from "../store/store.ts";
import { toFilter } from "../web/api/parameters.ts";
import { requireKnown, unknownName } from "./exit.ts";
import { requireSources } from "./known.ts";
import { type OptionsOf, withOptions } from "./options-of.ts";
import { readTopics } from "./roles/config-data.ts";

export const FROM_HELP = "start, latest, a time such as yesterday, or a cursor";

export function withFilterOptions(command: Command) {
  return command
    .option("--source <ids>", "only articles of these sources, e.g. leeds,york")
    .option("--topic <ids>", "only articles with one of these topics")
    .option("--country <codes>", "only articles about these countries, e.g. DE,AT")
    .option("--region <codes>", "only articles about these regions (ISO 3166-2), e.g. DE-BE")
    .option("--city <names>", "only articles about these cities, e.g. Berlin")
    .option("--language <codes>", "only articles in these languages, e.g. de,en")
    .option("--relevance <score>", "only articles with at least this relevance, 0 to 1")
    .option("--no-copies", "exclude copies of other articles");
}

type FilterOptions = OptionsOf<typeof withFilterOptions>;

/** Returns the filter that the options describe. Throws a usage error for an unknown name. */
export async function filterOf(store: Store, options: FilterOptions): Promise<Filter> {
  const country = wordsOf(options.country).map((word) => codeOf("country", word.toUpperCase()));
  const language = wordsOf(options.language).map((word) => codeOf("language", word.toLowerCase()));
  const filter = toFilter({
    ...options,
    ...(options.country !== undefined && { country: country.join(",") }),
    ...(options.language !== undefined && { language: language.join(",") }),
  });
  await requireSources(store, filter.source ?? []);
  if (filter.topic) {
    const topics = (await readTopics()).map(({ id }) => id);
    requireKnown("topic", filter.topic, topics, "see config/topics.yaml");
  }
  if (filter.region || filter.city) requirePlaces(filter);
  return filter;
}

function wordsOf(text = ""): string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

const CODES = {
  country: { read: countryCode, near: nearestCountry, hint: "ISO 3166-1, e.g. DE" },
  language: { read: languageCode, near: nearestLanguage, hint: "BCP 47, e.g. de" },
};

/** Returns `word` if it is a known code. Otherwise, throws a usage error with a suggestion. */
export function codeOf(what: keyof typeof CODES, word: string): string {
  const { read, near, hint } = CODES[what];
  const meant = read(word) ?? near(word)?.code ?? null;
  if (meant === word) return word;
  throw unknownName(what, word, [], meant === null ? hint : `did you mean ${meant}?`);
}

function requirePlaces({ region = [], city = [] }: Filter): void {
  const places = loadPlaces();
  for (const code of region) {
    const near = places.nearestRegion(code.slice(0, 2), code);
    if (near?.region !== code) throw unknownName("region", code, [near?.region ?? []].flat());
  }
  for (const name of city) {
    const near = places.nearestCity(name);
    if (near?.name !== name)
      throw unknownName(
        "city",
        name,
        [],
        near ? `did you mean ${near.name}?` : "in English, e.g. Berlin",
      );
  }
}

export function withStreamOptions(command: Command) {
  const begun = command.option("--from <point>", FROM_HELP, "latest");
  return withOptions(begun, withFilterOptions).option(
    "--view <id>",
    "only articles of this view; can't be combined with the filter options",
  );
}
