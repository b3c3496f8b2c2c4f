import { z } from "zod";
import { httpUrl } from "../lib/html.ts";
import {
  IMAGE_PREVIEWS,
  type ImagePreview,
  imageTerms,
  judgeUse,
  USES,
  type UsageSignal,
  type Use,
  unavailableFrom,
} from "./usage-rights.ts";

/** All URLs must fit into one HTTP header. */
const MAX_TERMS_URLS = 5;
const MAX_TERMS_URL_CHARACTERS = 1000;

/** What a publisher allows and denies; uses that it doesn't mention are in neither list. */
export interface UsageTerms {
  allows: Use[];
  denies: Use[];
  /** Maximum number of characters in excerpts and AI input; null if unlimited. */
  maxCharacters: number | null;
  /** The maximum size for showing the article's images; missing if not limited. */
  maxImagePreview?: ImagePreview;
  /** Set if the images must not be used as input for generative models, or to train them. */
  noImageAi?: true;
  unavailableAfter: Date | null;
  /** URLs of licences, policies and contacts, at most five. */
  terms: string[];
}

export const UsageTermsRecord = z.object({
  allows: z.array(z.enum(USES)).describe("Uses that the publisher allows"),
  denies: z.array(z.enum(USES)).describe("Uses that the publisher reserves"),
  maxCharacters: z
    .int()
    .nullable()
    .describe(
      "Maximum number of characters of an excerpt, or of input for a model; null: not limited",
    ),
  maxImagePreview: z
    .enum(IMAGE_PREVIEWS)
    .optional()
    .describe("Maximum size at which images may be shown; missing: not limited"),
  noImageAi: z
    .literal(true)
    .optional()
    .describe(
      "The images must not be used as input for generative models, nor to train such models",
    ),
  unavailableAfter: z.iso
    .datetime()
    .nullable()
    .describe("Time from which the article must not be used for anything; null: no such time"),
  terms: z.array(z.string()).describe("URLs of licences, policies and contacts"),
});

/**
 * The time for which uses are judged. It is before every `unavailableAfter`, which therefore has no
 * effect: after that time, the article is hidden from readers anyway.
 */
const BEFORE_EXPIRY = new Date(0);

export function termsOf(signals: readonly UsageSignal[]): UsageTerms | null {
  if (signals.length === 0) return null;
  const verdicts = USES.map((use) => judgeUse(signals, use, BEFORE_EXPIRY));
  const having = (wanted: "allowed" | "disallowed") =>
    verdicts.flatMap(({ use, preference }) => (preference === wanted ? use : []));
  const limits = signals.flatMap(({ maxCharacters = -1 }) =>
    maxCharacters < 0 ? [] : maxCharacters,
  );
  const documents = signals.flatMap(({ place, url, terms }) => [
    ...(place === "licence" || place === "policy" ? [url] : []),
    ...(terms ? [terms] : []),
  ]);
  const urls = documents
    .flatMap((url) => httpUrl(url) ?? [])
    .filter(({ length }) => length <= MAX_TERMS_URL_CHARACTERS);
  return {
    allows: having("allowed"),
    denies: having("disallowed"),
    maxCharacters: leastOf(limits),
    ...imageTerms(signals),
    unavailableAfter: unavailableFrom(signals),
    terms: [...new Set(urls)].slice(0, MAX_TERMS_URLS),
  };
}

/**
 * Returns the strictest terms of several articles; null if none has terms. For more than one
 * article, `maxCharacters` and `unavailableAfter` are null, because a list cuts or omits each
 * article by the article's own terms.
 */
export function strictestOf(all: readonly (UsageTerms | null)[]): UsageTerms | null {
  const spoken = all.filter((one) => one !== null);
  const [first] = spoken;
  if (!first) return null;
  const ofAll = <T>(pick: (one: UsageTerms) => readonly T[]): T[] =>
    spoken.length === all.length
      ? pick(first).filter((value) => spoken.every((one) => pick(one).includes(value)))
      : [];
  const denies = USES.filter((use) => spoken.some((one) => one.denies.includes(use)));
  return {
    allows: ofAll(({ allows }) => allows),
    denies,
    ...imageTerms(spoken),
    // A list cuts each article to its own limit, and omits those that have become unavailable.
    maxCharacters: all.length === 1 ? first.maxCharacters : null,
    unavailableAfter: all.length === 1 ? first.unavailableAfter : null,
    terms: ofAll(({ terms }) => terms),
  };
}

function leastOf(limits: readonly number[]): number | null {
  return limits.length > 0 ? Math.min(...limits) : null;
}

/** Each use, as the end of the sentence "The publisher reserves the right to ...". */
const USE_NAMES: Record<Use, string> = {
  search: "list the content",
  "full-text": "publish the full text",
  archive: "keep a copy",
  analysis: "mine the text and data",
  "ai-input": "use the content as input for generative models",
  "ai-train": "train generative models with the content",
};

/** Describes the terms in sentences; null if they restrict nothing and have no URL. */
export function usageText({
  denies,
  maxCharacters,
  maxImagePreview,
  noImageAi,
  unavailableAfter,
  terms,
}: UsageTerms): string | null {
  const sentences = [
    denies.length > 0 &&
      `The publisher reserves the right to ${denies.map((use) => USE_NAMES[use]).join(", ")}.`,
    maxCharacters !== null && `Excerpts may have at most ${maxCharacters} characters.`,
    maxImagePreview === "none" && "Pictures must not be shown.",
    maxImagePreview === "standard" && "Pictures may be shown only as thumbnails.",
    noImageAi && "Pictures must not be used for generative models.",
    unavailableAfter && `Available until ${unavailableAfter.toISOString()}.`,
    terms.length > 0 && `Terms: ${terms.join(" ")}`,
  ].filter((sentence) => typeof sentence === "string");
  return sentences.length > 0 ? sentences.join(" ") : null;
}
