import { z } from "zod";
import type { Article } from "../model/article.ts";
import { type Item, toItem } from "../model/item.ts";
import type { PublicSource } from "../store/directory.ts";
import type { ListedArticle } from "../store/listing.ts";
import { PlaceEvidence } from "./place-evidence.ts";
import { leadOf } from "./present.ts";

const Time = z.iso.datetime();

/** An item as the API gives it. */
export const ApiItem = z.object({
  id: z.string(),
  version: z.int(),
  status: z.enum(["published", "retracted"]),
  url: z.string().describe("The original at the publisher"),
  title: z.string(),
  prefix: z.string().describe("Place before the title: `CC: Region: `, or empty"),
  teaser: z.string().nullable(),
  authors: z.array(z.string()),
  sourceId: z.string(),
  publishedAt: Time.nullable(),
  modifiedAt: Time.nullable(),
  firstSeenAt: Time,
  sortAt: Time.describe("Order of lists: publishedAt, else firstSeenAt"),
  day: z.string().describe("Day of sortAt in the portal's time zone"),
  language: z.string().nullable(),
  country: z.string().nullable(),
  region: z.string().nullable().describe("First-level region, in English"),
  regionCode: z.string().nullish().describe("ISO 3166-2"),
  city: z.string().nullish(),
  topics: z.array(z.string()),
  section: z.string().nullable(),
  tags: z.array(z.string()),
  image: z.object({ url: z.string(), alt: z.string().nullable() }).nullable(),
  duplicateOf: z.string().nullable(),
  storyId: z.string(),
  wordCount: z.int().nullable(),
});

/** One article with how each field was read; `text` only where the publisher's rights allow it. */
export const ApiArticle = ApiItem.extend({
  text: z.string().nullable(),
  textWithheld: z.boolean().describe("The text is stored but may not be handed out"),
  reservations: z
    .array(z.string())
    .describe("What the publisher reserves and we keep to: noarchive, nosnippet, tdm"),
  credit: z.string().nullable(),
  siteName: z.string().nullable(),
  canonicalUrl: z.string().nullable(),
  isAccessibleForFree: z.boolean().nullable(),
  publishedPrecision: z.enum(["day", "instant", "assumed-zone"]).nullable(),
  extractor: z.string().describe("Version of the extraction rules"),
  derived: z
    .object({
      language: z.string(),
      places: z.string(),
      topics: z.string(),
      relevance: z.string(),
    })
    .partial()
    .nullable()
    .describe(
      "Versions of the rules that classified it; null on articles stored before it was told",
    ),
  completeness: z.number().nullable().describe("How completely it was read, 0 to 1"),
  topicEvidence: z
    .array(
      z.object({
        id: z.string(),
        score: z.number(),
        because: z.enum(["keywords", "declared", "narrower topic", "editor"]),
        narrower: z.array(z.string()).optional(),
        hits: z.array(
          z.object({
            keyword: z.string(),
            where: z.enum(["title", "lead", "text"]),
            times: z.int(),
            weight: z.number(),
          }),
        ),
      }),
    )
    .describe("Why it has each of its topics: keywords, where they stand, how often, their weight"),
  relevance: z
    .object({
      score: z.number().describe("0 to 1: how much it belongs on the portal"),
      min: z.number().describe("What its source asks for"),
      parts: z.object({
        topics: z.number(),
        declared: z.number(),
        place: z.number(),
        trust: z.number(),
      }),
    })
    .nullable()
    .describe("null for articles stored before it was measured"),
  placeEvidence: PlaceEvidence,
  evidence: z.record(
    z.string(),
    z.object({
      rule: z.string(),
      seen: z.string().nullable(),
      confidence: z.number(),
      removed: z.array(z.object({ rule: z.string(), seen: z.string() })).optional(),
      against: z
        .array(z.object({ witness: z.string(), says: z.string() }))
        .optional()
        .describe("Of the language: witnesses that disagree with the verdict"),
    }),
  ),
});

/** The item of a listed article, its teaser within the source's rights. */
export function apiItem(article: ListedArticle, source: PublicSource | undefined): Item {
  const teaser = leadOf(article, source).join("\n\n");
  return { ...toItem(article), teaser: teaser || null };
}

/** An embedded item of the change stream, its teaser within the source's rights. */
export function withinRights(item: Item, source: PublicSource | undefined): Item {
  const teaser = leadOf({ teaser: item.teaser, text: "" }, source).join("\n\n");
  return { ...item, teaser: teaser || null };
}

/** The whole article for the API. */
export function apiArticle(
  article: Omit<Article, "pending" | "pendingAt">,
  source: PublicSource | undefined,
) {
  const reservations = article.reservations ?? [];
  const open = reservations.length === 0 && (source?.rights.fullText ?? false);
  // What a rule saw may be a piece of the text, so it is withheld with it.
  const { byTopic = [], relevance = null, places = null, ...seen } = article.evidence;
  const { text: _, html: __, ...evidence } = seen;
  const { teaser: ___, ...untold } = evidence;
  return {
    ...apiItem(article, source),
    text: open ? article.text : null,
    textWithheld: !open,
    reservations,
    credit: source?.rights.credit ?? null,
    siteName: article.siteName,
    canonicalUrl: article.canonicalUrl,
    isAccessibleForFree: article.isAccessibleForFree,
    publishedPrecision: article.publishedPrecision,
    extractor: article.extractor,
    derived: article.derived ?? null,
    completeness: article.completeness ?? null,
    evidence: open ? seen : reservations.includes("nosnippet") ? untold : evidence,
    topicEvidence: byTopic,
    relevance,
    placeEvidence: places,
  };
}
