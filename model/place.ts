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
  /** What it adds to its country. */
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

export type PlaceGround = "title prefix" | "named" | "source";
