import { z } from "zod";
import { type ChangeKind, STATES, stateOf, toVisible, type Visible } from "../articles/article.ts";
import type { Change } from "./change.ts";

const REGIONS = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
const LANGUAGES = new Intl.DisplayNames(["en"], { type: "language", fallback: "none" });

export const CountryCode = z
  .string()
  .refine(isCountry, "write an ISO 3166-1 country code, e.g. DE, or GB for the United Kingdom");

export const LanguageCode = z
  .string()
  .refine(
    (code) => /^[a-z]{2,3}$/.test(code) && LANGUAGES.of(code) !== undefined,
    "write a BCP 47 language code, e.g. de",
  );

function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code) || REGIONS.of(code) === undefined) return false;
  // Obsolete codes such as UK have names too.
  return new Intl.Locale(`und-${code}`).region === code;
}

const any = (value: z.ZodType<string, string>) => z.array(value).min(1).max(50).optional();

/** A filter of the stream. An article must match each field, and one of the values in a list. */
export const Filter = z.strictObject({
  source: any(z.string().min(1).max(63)).describe("Ids of sources"),
  topic: any(z.string().min(1).max(100)).describe(
    "Ids of topics; an article must have one of them",
  ),
  country: any(CountryCode).describe("ISO 3166-1 alpha-2"),
  region: any(
    z.string().regex(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, "write an ISO 3166-2 region code, e.g. DE-BE"),
  ).describe("ISO 3166-2"),
  city: any(z.string().min(1).max(100)).describe("English names of cities, as in items"),
  language: any(LanguageCode).describe("BCP 47 primary language"),
  relevance: z.number().min(0).max(1).optional().describe("Lowest relevance of an article, 0 to 1"),
  copies: z
    .boolean()
    .optional()
    .describe("false: leave out copies of other articles; default: true"),
});

export type Filter = z.infer<typeof Filter>;

/** A query by editors or analysts: a filter, and editorial states. */
export const Query = Filter.extend({
  state: z
    .array(z.enum(STATES))
    .min(1)
    .optional()
    .describe(
      "Editorial states; default: published. Readers get only published articles in any case",
    ),
});

export type Query = z.infer<typeof Query>;

/** Whether an article is published, and its fields and state match a filter. */
export function matchesFilter(filter: Query, visible: Visible): boolean {
  return visible.status === "published" && isForReaders(filter) && matchesFields(filter, visible);
}

/** Whether a query includes published articles, the only ones that readers may see. */
export function isForReaders({ state }: Query): boolean {
  return state?.includes("published") ?? true;
}

/** Whether an article matches a query, for users who may see articles that aren't published. */
export function matchesQuery(
  query: Query,
  article: Parameters<typeof toVisible>[0] & Parameters<typeof stateOf>[0],
): boolean {
  const { state = ["published"] } = query;
  const own = stateOf(article);
  const isLeftOut = query.copies === false && article.duplicateOf !== null;
  return (
    own !== null && state.includes(own) && !isLeftOut && matchesFields(query, toVisible(article))
  );
}

/** Whether an article matches a filter, whatever its status and editorial state. */
export function matchesFields(filter: Filter, visible: Visible): boolean {
  const { source, topic, country, region, city, language, relevance, copies } = filter;
  // A published article that isn't listed is a copy.
  const isCopy = visible.status === "published" && !visible.listed;
  return (
    (copies !== false || !isCopy) &&
    has(source, [visible.sourceId]) &&
    has(topic, visible.topics) &&
    has(country, [visible.country]) &&
    has(region, [visible.region]) &&
    has(city, [visible.city]) &&
    has(language, [visible.language]) &&
    reaches(relevance, visible.relevanceScore)
  );
}

/** Returns the kind of a change as readers with this filter see it; null if they don't see it. */
export function kindFor(
  { kind, before, item, withheld }: Pick<Change, "kind" | "before" | "item" | "withheld">,
  filter: Query,
): ChangeKind | null {
  const now = !item.erased && !withheld?.item && matchesFilter(filter, toVisible(item));
  const was = before !== null && matchesFilter(filter, before);
  if (now) return was ? kind : "created";
  return was ? "retracted" : null;
}

function has(wanted: string[] | undefined, values: (string | null)[]): boolean {
  return !wanted || values.some((value) => value !== null && wanted.includes(value));
}

function reaches(wanted: number | undefined, score: number | null): boolean {
  return wanted === undefined || (score !== null && score >= wanted);
}

/** A saved query with a name, which the portal, feeds, the stream and exports can use. */
export interface View {
  /** The view's id, as written in URLs. */
  _id: string;
  name: string;
  filter: Query;
  at: Date;
  actor: string;
}

export const ViewId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{1,62}$/, "use a-z, 0-9 and -, 2 to 63 characters");
