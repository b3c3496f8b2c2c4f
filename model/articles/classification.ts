/** What recognises a topic: keywords by language, and longer phrases in which they don't count. */
export interface TopicRule {
  id: string;
  /** The wider topic that an article of this one also belongs to. */
  parent: string | null;
  /** By primary language subtag; `any` holds in every language. Syntax: docs/operators/classification.md. */
  keywords: Record<string, readonly string[]>;
  negatives: Record<string, readonly string[]>;
}

/** A keyword that was found: where, how often, and its weight there. */
export interface TopicHit {
  keyword: string;
  where: "title" | "lead" | "text";
  times: number;
  weight: number;
}

/** Why an article has a topic; `score` is 0 where no word of the article speaks for it. */
export interface TopicVerdict {
  id: string;
  score: number;
  because: "keywords" | "declared" | "narrower topic" | "editor";
  hits: TopicHit[];
  /** The article's narrower topics that bring it along. */
  narrower?: string[];
}

/** How much an article belongs on the portal, 0 to 1, with what each ground adds to it. */
export interface Relevance {
  score: number;
  /** What the source asks for; under it the article is stored but not listed. */
  min: number;
  parts: { topics: number; declared: number; place: number; trust: number };
}

/**
 * Versions of the rules that gave an article what is derived from its text; where rules work on a
 * table (topics, gazetteer) its digest follows the version: `1-4f0c2a91`. The version of the
 * extraction rules is `Article.extractor`.
 */
export interface Derived {
  language: string;
  places: string;
  topics: string;
  relevance: string;
}

/** A country, a first-level region or a city of the gazetteer. */
export interface Place {
  kind: "country" | "region" | "city";
  /** ISO 3166-1 alpha-2. */
  country: string;
  /** ISO 3166-2; null for countries, and where no code is known. */
  region: string | null;
  /** In English, a city as GeoNames has it. */
  name: string;
}

export type PlaceField = "title" | "dateline" | "text";

/** Words of an article that name a place. */
export interface PlaceHit {
  field: PlaceField;
  /** UTF-16 offsets in the title, or in the text (datelines too). */
  start: number;
  end: number;
  matched: string;
  place: Place;
  /** Its weight for the country. */
  weight: number;
  /** Why it counts less or more than its kind does: `adjective`, `organisation`, `homonym`, ... */
  notes: string[];
}

/** Where an article belongs, and why. */
export interface PlaceVerdict {
  country: string | null;
  /** ISO 3166-2 code and English name. */
  region: { code: string | null; name: string } | null;
  city: string | null;
  /** 0 to 1. */
  confidence: number;
  /** What decided country and region. */
  because: { country: PlaceGround | null; region: PlaceGround | null };
  /** The strongest first. */
  hits: PlaceHit[];
}

type PlaceGround = "title prefix" | "mentioned" | "source";
