import { DAY_MS, HOUR_MS } from "../../lib/time.ts";
import type { PlaceVerdict, Relevance, TopicVerdict } from "../../model/articles/classification.ts";
import type { ArticleFields } from "../../model/articles/fields.ts";
import type { HostFetch } from "../../model/crawl/host.ts";
import type { Gone } from "../../model/crawl/link.ts";
import type { Source } from "../../model/sources/source.ts";
import type { NamedPlace, PlaceFinder, PlaceInput } from "./places/places.ts";
import { type TopicMatcher, withDeclared } from "./topics/matcher.ts";

export interface ClassifyInput {
  title: string;
  source: Pick<Source, "country" | "region" | "language" | "topics"> &
    Partial<Pick<Source, "keepTopics" | "trust" | "relevance">>;
  fields: Pick<ArticleFields, "language" | "teaser" | "text">;
  topics: TopicMatcher;
  places: PlaceFinder;
}

export type Classification = ReturnType<typeof classify>;

/** Returns an article's place, topics and relevance, and its headline without a place prefix. */
export function classify({ title, source, fields, topics, places }: ClassifyInput) {
  const carried = splitPrefix(title.trim(), source.country ?? null);
  const language = languageOf(fields.language, source.language);
  const headline = carried?.title ?? title.trim();
  const text = fields.text ?? fields.teaser ?? "";
  const place = placeOf({ carried, title: headline, text, language, source, places });
  const { country } = place;
  const region = place.region?.name ?? null;
  const { topics: declared } = source;
  const { teaser } = fields;
  const found = topics({ title, teaser, text: fields.text ?? "", language, declared });
  const byTopic = source.keepTopics ? withDeclared(found, declared) : found;
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
      declared,
      country,
      trust: source.trust ?? 0.5,
      min: source.relevance?.min ?? 0,
    }),
    language,
    /** The versions of the rules and tables used. */
    derived: {
      places: `${CLASSIFICATION_VERSIONS.places}-${places.digest}`,
      topics: `${CLASSIFICATION_VERSIONS.topics}-${topics.digest}`,
      relevance: CLASSIFICATION_VERSIONS.relevance,
    },
  };
}

/** Returns a code such as `de` for the page's language or else the source's; null if unknown. */
export function languageOf(page: string | null, source: string | undefined): string | null {
  return primary(page) ?? primary(source);
}

function primary(tag: string | null | undefined): string | null {
  return /^([a-z]{2,3})(?:[-_].*)?$/i.exec(tag?.trim() ?? "")?.[1]?.toLowerCase() ?? null;
}

interface PlaceGrounds extends Omit<PlaceInput, "home">, Pick<ClassifyInput, "source" | "places"> {
  carried: PrefixedTitle | null;
}

const MIN_FOREIGN_CONFIDENCE = 0.35;
const MIN_UNDECLARED_CONFIDENCE = 0.2;
const DECLARED_CONFIDENCE = 0.4;

function placeOf(grounds: PlaceGrounds): PlaceVerdict {
  const { carried, title, text, language, source, places } = grounds;
  const home = { country: source.country ?? null, region: source.region ?? null };
  const byText = trusted(places.find({ title, text, language, home }), home.country);
  const country = carried?.country ?? byText.country ?? home.country;
  const verdict: PlaceVerdict = {
    country,
    region: null,
    city: null,
    confidence: carried
      ? 1
      : byText.country
        ? byText.confidence
        : country
          ? DECLARED_CONFIDENCE
          : 0,
    because: {
      country: carried ? "title prefix" : byText.country ? "mentioned" : country ? "source" : null,
      region: null,
    },
    hits: byText.hits,
  };
  if (country === null) return verdict;
  const because = (region: PlaceVerdict["because"]["region"]) => ({ ...verdict.because, region });
  if (carried?.region) {
    const region = places.region(country, carried.region);
    const city = byText.region?.code === region.code ? byText.city : null;
    return { ...verdict, region, city, because: because("title prefix") };
  }
  if (byText.country === country && byText.region) {
    return { ...verdict, region: byText.region, city: byText.city, because: because("mentioned") };
  }
  const namesOther = byText.hits.some(({ place }) => place.country === country && place.region);
  if (country !== home.country || home.region === null || namesOther) return verdict;
  // An article about the source's country is probably about the source's region.
  return { ...verdict, region: places.region(country, home.region), because: because("source") };
}

function trusted(byText: NamedPlace, home: string | null): NamedPlace {
  const least = home === null ? MIN_UNDECLARED_CONFIDENCE : MIN_FOREIGN_CONFIDENCE;
  if (byText.country === home || byText.confidence >= least) return byText;
  return { country: null, region: null, city: null, confidence: 0, hits: byText.hits };
}

/** Versions of the classification rules. Raise one when a change can alter a result. */
export const CLASSIFICATION_VERSIONS = { places: "3", topics: "2", relevance: "1" } as const;

interface PrefixedTitle {
  country: string;
  region: string | null;
  title: string;
}

const COUNTRY_FIRST = /^([A-Z]{2})\s?[:：]\s*(?=\S)/;
const REGION_NEXT = /^(\p{Lu}[^:：\d?!]{1,39})[:：]\s+(?=\S)/u;

/** Returns `CC: Region: `, `CC: `, or an empty string if the country is unknown. */
export function prefixOf({ country, region }: Record<"country" | "region", string | null>): string {
  if (!country) return "";
  return region ? `${country}: ${region}: ` : `${country}: `;
}

/**
 * Splits a headline such as `CN: Guangdong: Headline`. Null without a country's code, or if the
 * code is probably a word, as in `IT: `.
 */
export function splitPrefix(title: string, sourceCountry: string | null): PrefixedTitle | null {
  const [seen = "", code = ""] = COUNTRY_FIRST.exec(title) ?? [];
  const country = countryOf(code);
  if (!country) return null;
  const isOwn = country === sourceCountry;
  if (!isOwn && ALSO_WORDS.has(country)) return null;
  const rest = title.slice(seen.length);
  const [region = "", name = ""] = REGION_NEXT.exec(rest) ?? [];
  if (name && name.trim().split(/\s+/).length <= 4) {
    return { country, region: name.trim(), title: rest.slice(region.length) };
  }
  // A prefix without a region counts only for the source's country, if that is known.
  return isOwn || sourceCountry === null ? { country, region: null, title: rest } : null;
}

const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

/**
 * Country codes that are also words or abbreviations: `AI: what comes next` isn't about Anguilla.
 */
const ALSO_WORDS = new Set("AG AI CV ID IO IT MD MS PM PR SA TV".split(" "));

/** `Intl.DisplayNames` names these codes, although they aren't places. */
const NON_PLACE_CODES = new Set(["EZ", "QO", "UN", "XA", "XB", "ZZ"]);

/**
 * Returns a country's current ISO 3166-1 alpha-2 code, also for `UK` and former codes; null if
 * there is none. `EU` counts as a country.
 */
export function countryOf(code: string): string | null {
  if (!/^[A-Z]{2}$/.test(code)) return null;
  const country = new Intl.Locale(`und-${code}`).region ?? code;
  return NON_PLACE_CODES.has(country) || names.of(country) === undefined ? null : country;
}

export interface RelevanceInput {
  topics: readonly TopicVerdict[];
  declared: readonly string[];
  country: string | null;
  /** Trust in the source as configured, 0 to 1. */
  trust: number;
  min: number;
}

/** The contributions add up to 1. */
const MAX_CONTRIBUTIONS = { topics: 0.65, declared: 0.15, place: 0.05, trust: 0.15 };
const STATED_BECAUSE: ReadonlySet<TopicVerdict["because"]> = new Set(["keywords", "editor"]);
const HALF_CONTRIBUTION_SCORE = 5;

/** Returns an article's relevance for the portal, 0 to 1, and how much each factor contributes. */
export function relevanceOf({ topics, declared, country, trust, min }: RelevanceInput): Relevance {
  const parts = {
    topics: weightOf(topics),
    declared: declared.length > 0 ? MAX_CONTRIBUTIONS.declared : 0,
    place: country ? MAX_CONTRIBUTIONS.place : 0,
    trust: MAX_CONTRIBUTIONS.trust * trust,
  };
  const score = parts.topics + parts.declared + parts.place + parts.trust;
  return {
    score: rounded(score),
    min,
    parts: { ...parts, topics: rounded(parts.topics), trust: rounded(parts.trust) },
  };
}

export function withTopics(relevance: Relevance, topics: readonly TopicVerdict[]): Relevance {
  const parts = { ...relevance.parts, topics: rounded(weightOf(topics)) };
  const { topics: topicsScore, declared, place, trust } = parts;
  return { ...relevance, score: rounded(topicsScore + declared + place + trust), parts };
}

function weightOf(topics: readonly TopicVerdict[]): number {
  const stated = topics.filter(({ because }) => STATED_BECAUSE.has(because));
  const strength = stated.reduce((sum, { score }) => sum + score, 0);
  return MAX_CONTRIBUTIONS.topics * (1 - 2 ** (-strength / HALF_CONTRIBUTION_SCORE));
}

function rounded(share: number): number {
  return Math.round(share * 100) / 100;
}

const MIN_GONE_COUNT = 2;
const MIN_GONE_SPAN_MS = DAY_MS;
const MAX_GONE_COUNT = 6;
const MIN_AVAILABLE_PER_GONE = 2;

export type GoneVerdict = {
  /** When to check the article again; null if it isn't checked again. */
  again: Date | null;
} & (
  | { retract: true; because: string }
  | { retract: false; why: "too soon" | "nothing to compare" | "the host is not well" }
);

export function goneAgain(gone: Gone | null | undefined, now: Date): Gone {
  const { count, firstAt } = gone ?? { count: 0, firstAt: now };
  return { count: count + 1, firstAt, lastAt: now };
}

/**
 * Decides whether an article whose URL returns 404 or 410 was retracted. These responses must span
 * a day, and other articles of the host must still respond.
 */
export function goneVerdict(
  linkId: string,
  gone: Gone,
  fetches: readonly HostFetch[],
): GoneVerdict {
  const { count, firstAt, lastAt } = gone;
  const left = count < MAX_GONE_COUNT;
  const tomorrow = left ? new Date(Math.max(firstAt.getTime(), lastAt.getTime()) + DAY_MS) : null;
  if (count < MIN_GONE_COUNT || lastAt.getTime() - firstAt.getTime() < MIN_GONE_SPAN_MS) {
    const due = new Date(firstAt.getTime() + MIN_GONE_SPAN_MS);
    const again = due > lastAt ? due : tomorrow;
    return { retract: false, why: "too soon", again: left ? again : null };
  }
  const { there, missing } = othersSince(linkId, fetches, new Date(firstAt.getTime() - HOUR_MS));
  if (there + missing === 0) return { retract: false, why: "nothing to compare", again: tomorrow };
  if (there < MIN_AVAILABLE_PER_GONE * missing) {
    return { retract: false, why: "the host is not well", again: tomorrow };
  }
  const days = Math.round((lastAt.getTime() - firstAt.getTime()) / DAY_MS);
  const others = `${there} other ${there === 1 ? "article" : "articles"} of the host`;
  return {
    retract: true,
    because: `its URL returned 404 or 410 in ${count} fetches over ${days} ${days === 1 ? "day" : "days"}, while ${others} still responded`,
    // The publisher can restore the article.
    again: left ? new Date(lastAt.getTime() + 7 * DAY_MS) : null,
  };
}

function othersSince(linkId: string, fetches: readonly HostFetch[], since: Date) {
  const last = new Map<string, boolean>();
  for (const fetch of fetches.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    if (fetch.linkId !== linkId && fetch.at >= since) last.set(fetch.linkId, fetch.gone);
  }
  const missing = [...last.values()].filter(Boolean).length;
  return { there: last.size - missing, missing };
}

const RETRACTION_LABEL =
  /^[^\p{L}\p{N}]*(?:retracted|retraction|withdrawn|story killed|zurückgezogen|rétracté|rétractation|retractado|retractada|retractación|ritirato|ritrattato|ritrattazione|retratado|retratação|ingetrokken|отозвано|отозвана|wycofano|wycofany|geri çekildi|撤稿|撤回|取り下げ|철회|مسحوب|سحب الخبر)\s*(?:[\])】]|[:：|–—-]|$)/iu;

const NOTICES = [
  "this (?:article|story|report|post|piece|item) (?:has been|was|is|has now been)(?: \\w+)? (?:retracted|withdrawn)",
  "(?:we|the editors|the publisher) (?:have|has) (?:retracted|withdrawn) (?:this|the|our) (?:article|story|report|piece)",
  "(?:dieser|diesen|unser|unseren|(?:wir haben|die redaktion hat) den) (?:artikel|beitrag|text|bericht)(?: \\p{L}+){0,5} zurückgezogen",
  "(?:diese|unsere|(?:wir haben|die redaktion hat) die) meldung(?: \\p{L}+){0,4} zurückgezogen",
  "(?:cet article|ce texte|cette dépêche)(?: \\p{L}+){0,3} (?:rétracté|rétractée|retiré par la rédaction|retirée par la rédaction)",
  "(?:este artículo|esta noticia|esta información|este texto) (?:ha sido|fue) (?:retractad|retirad)[oa] por",
  "(?:este artículo|esta noticia) (?:ha sido|fue) retractad[oa]",
  "(?:questo articolo|questa notizia) è stat[oa] (?:ritrattat[oa]|ritirat[oa] dalla redazione)",
  "(?:este artigo|este texto|esta reportagem|esta matéria|esta notícia) foi (?:retratad[oa]|retirad[oa] pela redação)",
  "(?:dit artikel|dit bericht) is (?:ingetrokken|teruggetrokken)",
  "(?:эта |данная |настоящая )?(?:статья|публикация|заметка|новость)(?: была)? отозвана",
  "(?:этот |данный )?материал(?: был)? отозван",
  "ten artykuł został wycofany|bu haber geri çekil",
  "(?:本文|该文|此文|本报道|该报道|本稿)[^。]{0,16}(?:撤回|撤稿|撤销)",
  "(?:この記事|本記事|当該記事)[^。]{0,12}(?:取り下げ|撤回)",
  "(?:이|본|해당) 기사[^.。]{0,10}철회",
  "(?:تم |جرى )?سحب هذا (?:المقال|الخبر|التقرير)|(?:هذا المقال|هذا الخبر) مسحوب",
];

const NOTICE = new RegExp(`(?:${NOTICES.join("|")})`, "iu");
const MAX_NOTICE_OFFSET_CHARS = 60;
const NOTICE_SEARCH_CHARS = 400;
const MAX_NOTICE_TEXT_CHARS = 900;

/**
 * Returns the words that announce a retraction in the headline or early in the text; null if none
 * do.
 */
export function withdrawnWords(title: string | null, text: string | null): string | null {
  const label = RETRACTION_LABEL.exec(title ?? "")?.[0];
  if (label) return label.trim();
  const body = text ?? "";
  const head = body.slice(0, NOTICE_SEARCH_CHARS);
  // "Removed", "not found" and the like aren't notices: broken sites show these for every page.
  const found = NOTICE.exec(head);
  if (!found) return null;
  const within =
    body.length <= MAX_NOTICE_TEXT_CHARS ? NOTICE_SEARCH_CHARS : MAX_NOTICE_OFFSET_CHARS;
  return found.index <= within ? found[0].trim() : null;
}
