import { z } from "zod";

/** A topic and its keywords. A keyword doesn't count inside one of the phrases in `negatives`. */
export interface TopicRule {
  id: string;
  /** Id of the broader topic to which articles of this topic also belong; null if there is none. */
  parent: string | null;
  /** Keywords by primary language subtag, or `any`. Syntax: docs/operators/classification.md. */
  keywords: Record<string, readonly string[]>;
  negatives: Record<string, readonly string[]>;
}

const TopicHit = z.object({
  keyword: z.string(),
  where: z.enum(["title", "lead", "text"]),
  times: z.int(),
  weight: z.number(),
});
/** A topic's keyword that was found in an article: where, how often (`times`), and its weight. */
export type TopicHit = z.infer<typeof TopicHit>;

export const TopicVerdict = z.object({
  id: z.string(),
  score: z.number(),
  because: z.enum(["keywords", "declared", "narrower topic", "editor"]),
  /** The article's narrower topics that imply this topic; missing if there are none. */
  narrower: z.array(z.string()).optional(),
  hits: z.array(TopicHit),
});
/** Why an article has a topic. `score` is 0 if no word of the article supports the topic. */
export type TopicVerdict = z.infer<typeof TopicVerdict>;

export const Relevance = z.object({
  score: z.number().describe("How relevant the article is for the portal, 0 to 1"),
  /** An article whose `score` is lower is stored but not listed. */
  min: z.number().describe("The minimum score that the source requires"),
  parts: z.object({
    topics: z.number(),
    declared: z.number(),
    place: z.number(),
    trust: z.number(),
  }),
});
/** How relevant an article is to the portal, and how much each factor contributes. */
export type Relevance = z.infer<typeof Relevance>;

export const Derived = z.object({
  language: z.string(),
  places: z.string(),
  topics: z.string(),
  relevance: z.string(),
});
/**
 * The versions of the rules that classified an article. `1-4f0c2a91` is version 1 with the topics
 * or gazetteer of this digest.
 */
export type Derived = z.infer<typeof Derived>;

const Place = z.object({
  kind: z.enum(["country", "region", "city"]),
  /** The code is from ISO 3166-1 alpha-2. */
  country: z.string(),
  /** The code is from ISO 3166-2; null for a country, or if the code is unknown. */
  region: z.string().nullable(),
  /** The name is English, and a city's name is from GeoNames. */
  name: z.string(),
});
/** A country, a first-level region or a city of the gazetteer. */
export type Place = z.infer<typeof Place>;

const PlaceHit = z.object({
  field: z.enum(["title", "dateline", "text"]),
  start: z.int().describe("UTF-16 offset: in the title if `field` is title, otherwise in the text"),
  end: z.int(),
  matched: z.string(),
  place: Place,
  weight: z.number(),
  notes: z.array(z.string()),
});
/** Words of an article that name a place. */
export type PlaceHit = z.infer<typeof PlaceHit>;
export type PlaceField = PlaceHit["field"];

const PlaceGround = z.enum(["title prefix", "mentioned", "source"]).nullable();

export const PlaceVerdict = z.object({
  country: z.string().nullable(),
  /** `name` is in English. Null if the region is unknown. */
  region: z
    .object({ code: z.string().nullable().describe("ISO 3166-2"), name: z.string() })
    .nullable(),
  city: z.string().nullable(),
  confidence: z.number().describe("0 to 1"),
  because: z.object({ country: PlaceGround, region: PlaceGround }),
  /** The words that name the place, the strongest evidence first. */
  hits: z.array(PlaceHit),
});
/** The place of an article, and the evidence for it. */
export type PlaceVerdict = z.infer<typeof PlaceVerdict>;
