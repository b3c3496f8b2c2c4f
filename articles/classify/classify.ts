import type {
  Derived,
  PlaceVerdict,
  Relevance,
  TopicVerdict,
} from "../../model/articles/classification.ts";
import type { ArticleFields } from "../../model/articles/extraction.ts";
import type { Source } from "../../model/sources/source.ts";
import type { Named, PlaceFinder } from "./places/places.ts";
import { relevanceOf } from "./relevance.ts";
import { type Carried, prefixOf, splitPrefix } from "./title-prefix.ts";
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

/**
 * The language of an article as its primary subtag in lower case: what its page says, else what its
 * source is declared to be in; null when neither says.
 */
export function languageOf(page: string | null, source: string | undefined): string | null {
  return primary(page) ?? primary(source);
}

function primary(tag: string | null | undefined): string | null {
  return /^([a-z]{2,3})(?:[-_].*)?$/i.exec(tag?.trim() ?? "")?.[1]?.toLowerCase() ?? null;
}

/** What decides where an article belongs. */
interface PlaceGrounds {
  /** The place that the title carried as a prefix; null without one. */
  carried: Carried | null;
  /** Without the prefix. */
  title: string;
  text: string;
  language: string | null;
  source: { country?: string | undefined; region?: string | undefined };
  /** Without it an article is where its title's prefix or its source says. */
  places: PlaceFinder | undefined;
}

const NOTHING: Named = { country: null, region: null, city: null, confidence: 0, hits: [] };
/** Another country than the source's is believed from this confidence on; the source's own always. */
const FOREIGN = 0.35;
const UNDECLARED = 0.2;
/** How sure a place is that nothing in the article speaks for. */
const DECLARED = 0.4;

/**
 * Where an article belongs: what its title carries as a prefix, else what its words name, else its
 * source's place. Where its words name the source's country and no region of it, the source's stays.
 */
function placeOf(grounds: PlaceGrounds): PlaceVerdict {
  const { carried, title, text, language, source, places } = grounds;
  const home = { country: source.country ?? null, region: source.region ?? null };
  const named = believed(places?.find({ title, text, language, home }) ?? NOTHING, home.country);
  const regionIn = (country: string, name: string) =>
    places?.region(country, name) ?? { code: null, name };
  const country = carried?.country ?? named.country ?? home.country;
  const verdict: PlaceVerdict = {
    country,
    region: null,
    city: null,
    confidence: carried ? 1 : named.country ? named.confidence : country ? DECLARED : 0,
    because: {
      country: carried ? "title prefix" : named.country ? "named" : country ? "source" : null,
      region: null,
    },
    hits: named.hits,
  };
  if (country === null) return verdict;
  const because = (region: PlaceVerdict["because"]["region"]) => ({ ...verdict.because, region });
  if (carried?.region) {
    const region = regionIn(country, carried.region);
    const city = named.region?.code === region.code ? named.city : null;
    return { ...verdict, region, city, because: because("title prefix") };
  }
  if (named.country === country && named.region) {
    return { ...verdict, region: named.region, city: named.city, because: because("named") };
  }
  const namesOther = named.hits.some(({ place }) => place.country === country && place.region);
  if (country !== home.country || home.region === null || namesOther) return verdict;
  return { ...verdict, region: regionIn(country, home.region), because: because("source") };
}

/** What the words name, with nothing but the words where they don't say enough against the source. */
function believed(named: Named, home: string | null): Named {
  const least = home === null ? UNDECLARED : FOREIGN;
  if (named.country === home || named.confidence >= least) return named;
  return { ...NOTHING, hits: named.hits };
}
