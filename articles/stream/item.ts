import { z } from "zod";
import {
  type Article,
  COMPLETENESS,
  type Completeness,
  type Item,
  mayQuote,
  REVISION_KINDS,
  type RevisionKind,
  toItem,
  type Wording,
  withoutTeaser,
} from "../../model/articles/article.ts";
import {
  Derived,
  PlaceVerdict,
  Relevance,
  TopicVerdict,
} from "../../model/articles/classification.ts";
import type { Change } from "../../model/publish/change.ts";
import { type Filter, kindFor } from "../../model/publish/filter.ts";
import {
  articleSignals,
  excerptLimit,
  mayShowImage,
  UsageSignalFields,
  type UsageTerms,
  UsageTermsRecord,
} from "../../model/usage-rights.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import type { PublicSource } from "../../store/sources/sources.ts";
import { leadOf, teaserWithin } from "./lead.ts";

const Time = z.iso.datetime();

export const ApiRights = UsageTermsRecord.nullable().describe(
  "What the publisher allows and reserves; null if the publisher states nothing",
);

export const ApiItem = z.object({
  id: z.string(),
  version: z.int(),
  status: z.enum(["published", "retracted"]),
  url: z.string().describe("The original at the publisher"),
  title: z.string(),
  prefix: z
    .string()
    .describe(
      "The article's place, to show before the title: `CC: Region: ` or `CC: `; empty if it is unknown",
    ),
  teaser: z.string().nullable(),
  authors: z.array(z.string()).describe("Names of persons"),
  organisations: z
    .array(z.string())
    .optional()
    .describe("Organisations named in the byline, such as an agency or a press office"),
  sourceId: z.string(),
  publishedAt: Time.nullable(),
  modifiedAt: Time.nullable(),
  firstSeenAt: Time,
  sortAt: Time.describe(
    "The time by which lists are sorted: publication or, if unknown, firstSeenAt",
  ),
  day: z.string().describe("Day of sortAt in the portal's time zone"),
  language: z.string().nullable(),
  country: z.string().nullable(),
  region: z.string().nullable().describe("First-level region, in English"),
  regionCode: z.string().nullish().describe("ISO 3166-2"),
  city: z.string().nullish(),
  topics: z.array(z.string()),
  section: z.string().nullable(),
  tags: z.array(z.string()),
  image: z
    .object({ url: z.string(), alt: z.string().nullable() })
    .nullable()
    .describe(
      "null if there is no image, or if the publisher's rights don't allow showing the image",
    ),
  duplicateOf: z.string().nullable(),
  storyId: z.string(),
  completeness: z
    .enum(Object.keys(COMPLETENESS) as [Completeness, ...Completeness[]])
    .describe(
      "How complete the article is: announced (only what the source's feed, sitemap or list says), partial (only the free part), full",
    ),
  incompleteReason: z
    .string()
    .nullable()
    .describe(
      "Why the article isn't complete, e.g. paywall, blocked, robots; null if the article is complete or its page wasn't fetched yet",
    ),
  wordCount: z.int().nullable(),
  relevanceScore: z
    .number()
    .nullish()
    .describe("How relevant the article is for the portal, 0 to 1"),
  rights: ApiRights,
  credit: z.string().nullable().describe("Credit line that the publisher asks for"),
  edited: z.array(z.string()).describe("Fields that an editor changed: title, prefix, teaser"),
  translations: z
    .record(
      z.string(),
      z.object({ title: z.string(), prefix: z.string(), teaser: z.string() }).partial(),
    )
    .describe("Editors' translations by language"),
  pinnedUntil: Time.nullable().describe(
    "Until when the item is pinned to the top of its lists; null if the item isn't pinned",
  ),
});

export const ApiSignals = z
  .array(UsageSignalFields.extend({ seenAt: Time, unavailableAfter: Time.optional() }))
  .describe("The statements behind `rights`: what each says, and where and when it was found");

/** One article with the evidence for each field. */
export const ApiArticle = ApiItem.extend({
  text: z.string().nullable(),
  textWithheld: z
    .boolean()
    .describe(
      "Whether `text` is null, usually because the publisher's rights don't allow it to be shown",
    ),
  signals: ApiSignals,
  reservations: z
    .array(z.string())
    .describe("Effective reservations of the publisher, e.g. noarchive, nosnippet, tdm"),
  siteName: z.string().nullable(),
  canonicalUrl: z.string().nullable(),
  isAccessibleForFree: z.boolean().nullable(),
  publishedPrecision: z.enum(["day", "instant", "assumed-zone"]).nullable(),
  extractor: z.string().describe("Version of the extraction rules"),
  derived: Derived.describe("Versions of the rules that classified the article"),
  fieldScore: z.number().describe("Completeness and confidence of the article's fields, 0 to 1"),
  topicEvidence: z
    .array(TopicVerdict)
    .describe(
      "The reasons for each topic: the keywords found, where and how often, and their weight",
    ),
  relevance: Relevance.nullable(),
  placeEvidence: PlaceVerdict.nullable().describe("The article's place and the words that name it"),
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
        .describe("Language signals that disagree with the result"),
    }),
  ),
});

export type PublicItem = Omit<Item, "edited" | "pinnedUntil" | "usage"> & {
  rights: UsageTerms | null;
  credit: string | null;
  edited: string[];
  translations: Record<string, Wording>;
  pinnedUntil: Date | null;
};

export function apiItem(article: ListedArticle, source: PublicSource | undefined): PublicItem {
  const teaser = leadOf(article, source).join("\n\n");
  return publicItem(toItem(article), source, teaser);
}

export function withinRights(item: Item, source: PublicSource | undefined): PublicItem {
  return publicItem(item, source, teaserWithin(item.teaser, source));
}

function publicItem(
  { usage, ...item }: Item,
  source: PublicSource | undefined,
  lead: string,
): PublicItem {
  const { edited = {}, image, pinnedUntil = null } = item;
  const { translations = {}, ...own } = edited;
  const shown = Object.entries(translations).map(([language, { teaser, ...words }]) => {
    const within = teaser && teaserWithin(teaser, source);
    return [language, { ...words, ...(within && { teaser: within }) }] as const;
  });
  return {
    ...item,
    teaser: lead || null,
    image: source?.rights.images && image ? { url: image.url, alt: image.alt } : null,
    rights: usage ?? null,
    credit: source?.rights.credit ?? null,
    edited: Object.keys(own),
    translations: Object.fromEntries(shown),
    pinnedUntil,
  };
}

export function openText(
  article: Pick<ListedArticle, "text" | "reservations" | "rights">,
  source: PublicSource | undefined,
): string | null {
  return mayQuote(article) && source?.rights.fullText ? article.text || null : null;
}

export function apiArticle(
  article: Omit<Article, "pending" | "pendingAt">,
  source: PublicSource | undefined,
) {
  const text = openText(article, source);
  const open = text !== null;
  const { byTopic = [], relevance = null, places = null, ...seen } = article.evidence;
  // Evidence can quote a withheld text.
  const withheld = [
    ...(open ? [] : ["text", "html"]),
    ...(excerptLimit(article) === null ? [] : ["teaser"]),
    ...(source?.rights.images && mayShowImage(article) ? [] : ["image"]),
  ];
  const shown = Object.entries(seen).filter(([field]) => !withheld.includes(field));
  return {
    ...apiItem(article, source),
    text,
    textWithheld: !open,
    signals: articleSignals(article),
    reservations: article.reservations,
    siteName: article.siteName,
    canonicalUrl: article.canonicalUrl,
    isAccessibleForFree: article.isAccessibleForFree,
    publishedPrecision: article.publishedPrecision,
    extractor: article.extractor,
    derived: article.derived,
    fieldScore: article.fieldScore,
    evidence: Object.fromEntries(shown),
    topicEvidence: byTopic,
    relevance,
    placeEvidence: places,
  };
}

const REVISION_NAMES = Object.keys(REVISION_KINDS) as [RevisionKind, ...RevisionKind[]];

export const ApiChange = z.object({
  seq: z
    .int()
    .describe(
      "Number of the change. Numbers increase; changes of articles that you can't see are left out",
    ),
  kind: z
    .enum(["created", "updated", "retracted", "merged"])
    .describe(
      "With a filter, an article that begins to match is `created`, and one that no longer matches is `retracted`",
    ),
  articleId: z.string(),
  version: z.int(),
  at: z.iso.datetime(),
  revision: z
    .object({ revision: z.int(), kind: z.enum(REVISION_NAMES), because: z.string().nullable() })
    .nullable()
    .describe(
      "What changed in the article; null if headline and text are the same. `because` is null if the reason would quote reserved text",
    ),
  item: ApiItem.nullable().describe("null when the article was retracted"),
});

function withoutReserved({ edited, ...item }: Item): Item {
  const words = withoutTeaser(edited);
  return { ...item, teaser: null, image: null, ...(words && { edited: words }) };
}

/** Returns the changes for a reader with this filter, with only the content that rights allow. */
export function changesForReader(
  changes: readonly Change[],
  filter: Filter,
  sources: ReadonlyMap<string, PublicSource>,
) {
  return changes.flatMap((change) => {
    const kind = kindFor(change, filter);
    if (kind === null) return [];
    const { seq, articleId, version, at, withheld } = change;
    const item = withheld?.teaser ? withoutReserved(change.item) : change.item;
    const { revision: editorial = null } = change;
    // The reason for a revision can quote the earlier text.
    const revision = editorial && withheld ? { ...editorial, because: null } : editorial;
    const gone = kind === "retracted";
    const served = gone ? null : withinRights(item, sources.get(item.sourceId));
    return { seq, kind, articleId, version, at, revision, item: served };
  });
}
