import type { ArticleFields } from "../model/article.ts";
import type { Source } from "../model/source.ts";
import { languageOf } from "./language.ts";
import { type Place, prefixOf, splitPrefix } from "./title-prefix.ts";

/** What an article is classified by. */
export interface ClassifyInput {
  title: string;
  source: Pick<Source, "country" | "region" | "language" | "topics">;
  fields: Pick<ArticleFields, "language">;
}

/** Where an article belongs, with the headline freed of a prefix that it carried. */
export interface Classification extends Place {
  title: string;
  /** `CC: Region: `, shown before the title; empty when the place is unknown. */
  prefix: string;
  topics: string[];
  language: string | null;
}

/** Place, title prefix, topics and language of an article; a place in its title wins over its source's. */
export function classify({ title, source, fields }: ClassifyInput): Classification {
  const own: Place = { country: source.country ?? null, region: source.region ?? null };
  const carried = splitPrefix(title.trim(), own.country);
  const country = carried ? carried.country : own.country;
  // `CN: Headline` of a source in Guangdong is still from Guangdong.
  const region = carried?.region ?? (country === own.country ? own.region : null);
  return {
    title: carried?.title ?? title.trim(),
    prefix: prefixOf({ country, region }),
    country,
    region,
    topics: [...new Set(source.topics)],
    language: languageOf(fields.language, source.language),
  };
}
