import type { ArticleFields } from "../model/article.ts";
import type { Source } from "../model/source.ts";
import type { Relevance, TopicVerdict } from "../model/topic.ts";
import { languageOf } from "./language.ts";
import { relevanceOf } from "./relevance.ts";
import { type Place, prefixOf, splitPrefix } from "./title-prefix.ts";
import { asDeclared, withDeclared } from "./topics/declared.ts";
import type { TopicMatcher } from "./topics/matcher.ts";

/** What an article is classified by. */
export interface ClassifyInput {
  title: string;
  source: Pick<Source, "country" | "region" | "language" | "topics"> &
    Partial<Pick<Source, "keepTopics" | "trust" | "relevance">>;
  fields: Pick<ArticleFields, "language"> & Partial<Pick<ArticleFields, "teaser" | "text">>;
  /** Without it an article has the topics of its source. */
  topics?: TopicMatcher;
}

/** Where an article belongs, with the headline freed of a prefix that it carried. */
export interface Classification extends Place {
  title: string;
  /** `CC: Region: `, shown before the title; empty when the place is unknown. */
  prefix: string;
  topics: string[];
  /** Why it has each of its topics. */
  byTopic: TopicVerdict[];
  relevance: Relevance;
  language: string | null;
}

/** Place, title prefix, topics and language of an article; a place in its title wins over its source's. */
export function classify({ title, source, fields, topics }: ClassifyInput): Classification {
  const own: Place = { country: source.country ?? null, region: source.region ?? null };
  const carried = splitPrefix(title.trim(), own.country);
  const country = carried ? carried.country : own.country;
  // `CN: Headline` of a source in Guangdong is still from Guangdong.
  const region = carried?.region ?? (country === own.country ? own.region : null);
  const language = languageOf(fields.language, source.language);
  const byTopic = topicsOf({ title, source, fields, ...(topics && { topics }) }, language);
  return {
    title: carried?.title ?? title.trim(),
    prefix: prefixOf({ country, region }),
    country,
    region,
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
  };
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
