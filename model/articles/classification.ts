/** A topic's keywords, which don't count inside the longer phrases in `negatives`. */
export interface TopicRule {
  id: string;
  /** Id of the broader topic to which articles of this topic also belong; null if there is none. */
  parent: string | null;
  /** By primary language subtag, or `any`. Syntax: docs/operators/classification.md. */
  keywords: Record<string, readonly string[]>;
  negatives: Record<string, readonly string[]>;
}

/** A topic's keyword that was found in an article: where, how often (`times`), and its weight. */
export interface TopicHit {
  keyword: string;
  where: "title" | "lead" | "text";
  times: number;
  weight: number;
}

/** Why an article has a topic. `score` is 0 if no word of the article supports the topic. */
export interface TopicVerdict {
  id: string;
  score: number;
  because: "keywords" | "declared" | "narrower topic" | "editor";
  hits: TopicHit[];
  /** The article's narrower topics that imply this topic; missing if there are none. */
  narrower?: string[];
}

/** How relevant an article is to the portal, 0 to 1, and how much each factor contributes. */
export interface Relevance {
  score: number;
  /** Minimum that the source requires; articles below it are stored but not listed. */
  min: number;
  parts: { topics: number; declared: number; place: number; trust: number };
}

/** Versions of the classification rules, with the digest of their table if any: `1-4f0c2a91`. */
export interface Derived {
  language: string;
  places: string;
  topics: string;
  relevance: string;
}

/** A country, a first-level region or a city of the gazetteer. */
export interface Place {
  kind: "country" | "region" | "city";
  /** Code of the country (ISO 3166-1 alpha-2). */
  country: string;
  /** ISO 3166-2 code of the region; null for a country, or if the code is unknown. */
  region: string | null;
  /** The English name; for a city, the one in GeoNames. */
  name: string;
}

export type PlaceField = "title" | "dateline" | "text";

/** Words of an article that name a place. */
export interface PlaceHit {
  field: PlaceField;
  /** UTF-16 offsets in the title or, if `field` is anything else, in the text. */
  start: number;
  end: number;
  matched: string;
  place: Place;
  weight: number;
  /** Why the words count less or more, such as `adjective`, `organisation` or `homonym`. */
  notes: string[];
}

/** The place of an article, and the evidence for it. */
export interface PlaceVerdict {
  country: string | null;
  /** ISO 3166-2 code and English name of the region; null if the region is unknown. */
  region: { code: string | null; name: string } | null;
  city: string | null;
  /** Confidence in the place, 0 to 1. */
  confidence: number;
  because: { country: PlaceGround | null; region: PlaceGround | null };
  /** The words that name the place, the strongest evidence first. */
  hits: PlaceHit[];
}

type PlaceGround = "title prefix" | "mentioned" | "source";
