import type { Derived } from "../../model/derived.ts";
import type { ArticleFields } from "../../model/extraction.ts";
import type { PlaceVerdict } from "../../model/place.ts";
import type { Source } from "../../model/source.ts";
import type { Relevance, TopicVerdict } from "../../model/topic.ts";
import { languageOf } from "./language.ts";
import { placeOf } from "./place.ts";
import type { PlaceFinder } from "./places/places.ts";
import { relevanceOf } from "./relevance.ts";
import { prefixOf, splitPrefix } from "./title-prefix.ts";
import { asDeclared, withDeclared } from "./topics/declared.ts";
import type { TopicMatcher } from "./topics/matcher.ts";
import { CLASSIFY } from "./version.ts";

/** What an article is classified by. */
export interface ClassifyInput {
  title: string;
  source: Pick<Source, "country" | "region" | "language" | "topics"> &
    Partial<Pick<Source, "keepTopics" | "trust" | "relevance">>;
  fields: Pick<ArticleFields, "language"> & Partial<Pick<ArticleFields, "teaser" | "text">>;
  /** Without it an article has the topics of its source. */
  topics?: TopicMatcher;
  /** Without it an article is where its title or its source says. */
  places?: PlaceFinder;
}

/** Where an article belongs, with the headline freed of a prefix that it carried. */
export interface Classification {
  title: string;
  country: string | null;
  /** English name. */
  region: string | null;
  /** ISO 3166-2. */
  regionCode: string | null;
  city: string | null;
  /** Why it belongs there. */
  place: PlaceVerdict;
  /** `CC: Region: `, shown before the title; empty when the place is unknown. */
  prefix: string;
  topics: string[];
  /** Why it has each of its topics. */
  byTopic: TopicVerdict[];
  relevance: Relevance;
  language: string | null;
  /** By which rules. */
  derived: Omit<Derived, "language">;
}

/** Place, title prefix, topics, relevance and language of an article. */
export function classify({ title, source, fields, topics, places }: ClassifyInput): Classification {
  const carried = splitPrefix(title.trim(), source.country ?? null);
  const language = languageOf(fields.language, source.language);
  const headline = carried?.title ?? title.trim();
  const text = fields.text ?? fields.teaser ?? "";
  const place = placeOf({ carried, title: headline, text, language, source, places });
  const { country } = place;
  const region = place.region?.name ?? null;
  const byTopic = topicsOf({ title, source, fields, ...(topics && { topics }) }, language);
  return {
    title: headline,
    prefix: prefixOf({ country, region }),
    country,
    region,
    regionCode: place.region?.code ?? null,
    city: place.city,
    place,
    topics: byTopic.map(({ id }) => id),
    byTopic,
    relevance: relevanceOf({
      topics: byTopic,
      declared: source.topics,
      country,
      trust: source.trust ?? 0.5,
      min: source.relevance?.min ?? 0,
    }),
    language,
    derived: {
      places: versionOf(CLASSIFY.places, places),
      topics: versionOf(CLASSIFY.topics, topics),
      relevance: CLASSIFY.relevance,
    },
  };
}

function versionOf(rules: string, table: { digest: string } | undefined): string {
  return table ? `${rules}-${table.digest}` : rules;
}

function topicsOf(
  { title, source, fields, topics }: ClassifyInput,
  language: string | null,
): TopicVerdict[] {
  const { topics: declared, keepTopics } = source;
  if (!topics) return asDeclared(declared);
  const { teaser = null, text } = fields;
  const found = topics({ title, teaser, text: text ?? "", language, declared });
  return keepTopics ? withDeclared(found, declared) : found;
}
