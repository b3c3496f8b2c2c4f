import { z } from "zod";
import { httpUrl } from "../lib/html.ts";
import { judgeUse, USES, type UsageSignal, type Use, unavailableFrom } from "./usage-rights.ts";

/** Addresses of terms that are named, and characters that one may have: all of them fit into a header. */
const MAX_TERMS = 5;
const MAX_TERMS_URL_CHARACTERS = 1000;

/** What may be done with an article, for whoever gets it from us; uses of which nobody speaks are in neither list. */
export interface UsageTerms {
  allows: Use[];
  denies: Use[];
  /** Characters that excerpts, and input of generative models, may have; null: nobody limits them. */
  maxCharacters: number | null;
  unavailableAfter: Date | null;
  /** Addresses of licences, policies and those to ask. */
  terms: string[];
}

/** The same as JSON has it. */
export const UsageTermsRecord = z.object({
  allows: z.array(z.enum(USES)).describe("What its publisher allows"),
  denies: z.array(z.enum(USES)).describe("What its publisher reserves"),
  maxCharacters: z
    .int()
    .nullable()
    .describe("Characters that excerpts, and input of models, may have; null: not limited"),
  unavailableAfter: z.iso.datetime().nullable().describe("From then on it may be used for nothing"),
  terms: z.array(z.string()).describe("Licences, policies and whom to ask"),
});

/** A time before all others: what is unavailable by now is withdrawn as a whole. */
const BEFORE_ALL = new Date(0);

/** The terms that signals come to; null where they say nothing. */
export function termsOf(signals: readonly UsageSignal[]): UsageTerms | null {
  if (signals.length === 0) return null;
  const verdicts = USES.map((use) => judgeUse(signals, use, BEFORE_ALL));
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
    unavailableAfter: unavailableFrom(signals),
    terms: [...new Set(urls)].slice(0, MAX_TERMS),
  };
}

/**
 * The terms of several articles together: what one of them reserves is reserved, what all of them allow is allowed. They
 * name the addresses that all of them name. Null where nothing is spoken.
 */
export function strictestOf(all: readonly (UsageTerms | null)[]): UsageTerms | null {
  const spoken = all.filter((one) => one !== null);
  const [first] = spoken;
  if (!first) return null;
  const ofAll = <T>(pick: (one: UsageTerms) => readonly T[]): T[] =>
    spoken.length === all.length
      ? pick(first).filter((value) => spoken.every((one) => pick(one).includes(value)))
      : [];
  const limits = spoken.flatMap(({ maxCharacters }) => maxCharacters ?? []);
  const denies = USES.filter((use) => spoken.some((one) => one.denies.includes(use)));
  return {
    allows: ofAll(({ allows }) => allows),
    denies,
    maxCharacters: leastOf(limits),
    // A list outlives its articles, and leaves out what has ended.
    unavailableAfter: all.length === 1 ? first.unavailableAfter : null,
    terms: ofAll(({ terms }) => terms),
  };
}

function leastOf(limits: readonly number[]): number | null {
  return limits.length > 0 ? Math.min(...limits) : null;
}

/** What each use is called in a sentence. */
const USE_NAMES: Record<Use, string> = {
  search: "listing",
  "full-text": "handing out the full text",
  archive: "keeping a copy",
  analysis: "text and data mining",
  "ai-input": "input of generative models",
  "ai-train": "training of generative models",
};

/** The terms in words, for people; null where nothing is reserved and no licence named. */
export function usageText({
  denies,
  maxCharacters,
  unavailableAfter,
  terms,
}: UsageTerms): string | null {
  const sentences = [
    denies.length > 0 &&
      `Its publisher reserves ${denies.map((use) => USE_NAMES[use]).join(", ")}.`,
    maxCharacters !== null && `Excerpts have at most ${maxCharacters} characters.`,
    unavailableAfter && `Available until ${unavailableAfter.toISOString()}.`,
    terms.length > 0 && `Terms: ${terms.join(" ")}`,
  ].filter((sentence) => sentence !== false && sentence !== null);
  return sentences.length > 0 ? sentences.join(" ") : null;
}
