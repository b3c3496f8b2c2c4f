import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { httpUrl, shorten } from "../lib/text.ts";

const MAX_TEXT_CHARACTERS = 200;

/** The ways to use a page. Each is allowed or denied separately. */
export const USES = [
  /** Listing the page: a headline, a link and a short excerpt. */
  "search",
  /** Showing the whole text to readers. */
  "full-text",
  /** Storing the page. */
  "archive",
  /** Text and data mining: counting, classifying, comparing. */
  "analysis",
  /** Input for a generative model, such as retrieval or grounding. */
  "ai-input",
  /** Training or fine-tuning a generative model. */
  "ai-train",
] as const;
export type Use = (typeof USES)[number];

/** The uses that a reservation of text and data mining covers. */
export const MINING: Use[] = ["analysis", "ai-input", "ai-train"];

const SIGNAL_FORMATS = [
  "robots-directive",
  "tdmrep",
  "odrl",
  "content-signal",
  "content-usage",
  "rsl",
  "schema.org",
] as const;

const SIGNAL_PLACES = [
  "robots.txt",
  "header",
  "meta",
  "link",
  "licence",
  "tdmrep.json",
  "policy",
  "json-ld",
] as const;
export type SignalPlace = (typeof SIGNAL_PLACES)[number];

/** Limits on the size at which images are shown, the strictest first. */
export const IMAGE_PREVIEWS = ["none", "standard"] as const;

export const UsageSignalFields = z.object({
  format: z.enum(SIGNAL_FORMATS).describe("The specification that the statement follows"),
  place: z.enum(SIGNAL_PLACES).describe("Where the statement was found"),
  /** For example `ai-train=no`. */
  text: z
    .string()
    .max(MAX_TEXT_CHARACTERS)
    .describe("The statement, in the format of its specification"),
  url: z.string().describe("URL of the file or page that contains the statement"),
  seenAt: z.coerce.date(),
  allows: z.array(z.enum(USES)).exactOptional(),
  denies: z.array(z.enum(USES)).exactOptional(),
  /** Character limit for excerpts and AI input; 0 if none are allowed, missing if unlimited. */
  maxCharacters: z.int().exactOptional(),
  /** The maximum size for showing the page's images; missing if not limited. */
  maxImagePreview: z.enum(IMAGE_PREVIEWS).exactOptional(),
  /** Set if the page's images must not be used as input for generative models, or to train them. */
  noImageAi: z.literal(true).exactOptional(),
  /** After this time, the page must not be used for anything; missing if there is no such time. */
  unavailableAfter: z.coerce.date().exactOptional(),
  /** URL of a licence, policy or contact for permission; missing if none is named. */
  terms: z.string().exactOptional(),
});

/** What a publisher states about the use of a page. */
export type UsageSignal = z.infer<typeof UsageSignalFields>;

/** Whether two lists have the same signals. Ignores order and `seenAt`. */
export function sameSignals(
  before: readonly UsageSignal[] = [],
  after: readonly UsageSignal[] = [],
): boolean {
  const textOf = (signal: UsageSignal) => {
    const fields = Object.entries({ ...signal, seenAt: null });
    return JSON.stringify(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
  return isDeepStrictEqual(before.map(textOf).toSorted(), after.map(textOf).toSorted());
}

export const MAX_SIGNALS = 40;

/** Whether a use is allowed, and which signals decide it. */
export interface UseVerdict {
  use: Use;
  allowed: boolean;
  /** What the publisher states; `unknown` if no signal mentions the use, which is then allowed. */
  preference: "allowed" | "disallowed" | "unknown";
  /** Maximum number of characters for this use; null if unlimited, 0 if it isn't allowed. */
  maxCharacters: number | null;
  /** The signals that deny the use; else those that limit it; else those that allow it. */
  because: UsageSignal[];
}

const EXCERPT_LIMITED_USES: ReadonlySet<Use> = new Set(["search", "full-text", "ai-input"]);

/**
 * Decides whether a use is allowed at the time `at`. The strictest signal wins
 * (draft-ietf-aipref-vocab-08 section 5.1).
 */
export function judgeUse(signals: readonly UsageSignal[], use: Use, at: Date): UseVerdict {
  const limits = EXCERPT_LIMITED_USES.has(use)
    ? signals.filter(({ maxCharacters = -1 }) => maxCharacters >= 0)
    : [];
  const denying = signals.filter(
    (signal) =>
      signal.denies?.includes(use) ||
      (signal.unavailableAfter !== undefined && signal.unavailableAfter <= at) ||
      (limits.includes(signal) &&
        (use === "full-text" || (use === "ai-input" && signal.maxCharacters === 0))),
  );
  if (denying.length > 0) {
    return { use, allowed: false, preference: "disallowed", maxCharacters: 0, because: denying };
  }
  const allowing = signals.filter(({ allows }) => allows?.includes(use));
  const preference = allowing.length > 0 ? "allowed" : "unknown";
  const maxCharacters = leastOf(limits);
  const because = limits.length > 0 ? limits : allowing;
  return { use, allowed: true, preference, maxCharacters, because };
}

function leastOf(signals: readonly UsageSignal[]): number | null {
  const limits = signals.flatMap(({ maxCharacters = -1 }) =>
    maxCharacters < 0 ? [] : maxCharacters,
  );
  return limits.length > 0 ? Math.min(...limits) : null;
}

type ImageTerms = Pick<UsageSignal, "maxImagePreview" | "noImageAi">;

/** Returns the strictest terms for images; empty if none are stated. */
export function imageTerms(signals: readonly ImageTerms[]): ImageTerms {
  const maxImagePreview = IMAGE_PREVIEWS.find((size) =>
    signals.some((signal) => signal.maxImagePreview === size),
  );
  return {
    ...(maxImagePreview && { maxImagePreview }),
    ...(signals.some(({ noImageAi }) => noImageAi) && { noImageAi: true }),
  };
}

/** Returns the earliest time at which a page becomes unavailable; null if no signal names one. */
export function unavailableFrom(signals: readonly UsageSignal[]): Date | null {
  const times = signals.flatMap(({ unavailableAfter }) => unavailableAfter?.getTime() ?? []);
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

/** Explains why a use is denied: each deciding signal and its place; null if it is allowed. */
export function denialOf({ allowed, because }: UseVerdict): string | null {
  if (allowed) return null;
  return because.map(({ text, place }) => `${text} (${place})`).join(", ");
}

/** Returns the denying signal, such as `noindex (header)`, without details that differ by page. */
export function denialKind({ because }: UseVerdict): string {
  const [first] = because;
  if (!first) return "nothing";
  return `${first.unavailableAfter ? "unavailable_after" : first.text} (${first.place})`;
}

/** If a page has more, its licences count as unusable, so analysis and AI use are denied. */
export const MAX_LICENCES = 5;

export const RSL_TYPE = "application/rsl+xml";

/** What the markup of a page states about the use of the page, word for word. */
export interface DeclaredUse {
  /** Robots directives in `meta` elements; `name` is in lower case, `robots` for all robots. */
  robots: { name: string; content: string }[];
  tdmReservation: string | null;
  tdmPolicy: string | null;
  /** Absolute URLs of the RSL licences to which the page links. */
  licences: string[];
  /** RSL licences that are embedded in the page. */
  licenceTexts: string[];
  /** The licence in the JSON-LD of the page's article; null if the JSON-LD names none. */
  license: string | null;
  usageInfo: string | null;
  isAccessibleForFree: boolean | null;
}

/** The last request for a file about a host's rights or rules. */
export interface FetchedFile {
  status: number | null;
  fetchedAt: Date;
  /** When to request the file again. */
  expiresAt: Date;
  /** Why the last request couldn't read the file; null if it could, or if the host has no file. */
  detail: string | null;
}

/** A licence (RSL) or policy (TDM) to which a page or its host refers, and its last request. */
export interface RightsDocument extends FetchedFile {
  url: string;
  /**
   * The document's text; null if it couldn't be fetched. After a temporary failure, an earlier text
   * stays until a day after `validUntil`.
   */
  text: string | null;
  /** When `text` stops being valid; null if there is no text. */
  validUntil: Date | null;
}

/** Returns the maximum number of characters in an excerpt; null if unlimited, 0 if forbidden. */
export function excerptLimit(article: Reserving): number | null {
  const signals = articleSignals({ ...article, url: "", lastSeenAt: BEFORE_EXPIRY });
  const { allowed, maxCharacters } = judgeUse(signals, "search", BEFORE_EXPIRY);
  return allowed ? maxCharacters : 0;
}

/** Whether the publisher allows searches to find an article. */
export function mayBeFound(
  article: Reserving & { url: string; lastSeenAt: Date },
  at: Date,
): boolean {
  return judgeUse(articleSignals(article), "search", at).allowed;
}

export function mayShowImage({ rights }: Pick<Reserving, "rights">): boolean {
  return imageTerms(rights).maxImagePreview !== "none";
}

/** Whether the publisher allows the whole text to be shown to readers. */
export function mayShowFullText(signals: readonly UsageSignal[]): boolean {
  return judgeUse(signals, "full-text", BEFORE_EXPIRY).allowed;
}

/** Verdicts for this time ignore `unavailableAfter`: expired articles are hidden anyway. */
const BEFORE_EXPIRY = new Date(0);

/** The names of reservations, as articles and captures store them. */
const RESERVATIONS = ["noindex", "noarchive", "nosnippet", "tdm"] as const;
export type ReservationName = (typeof RESERVATIONS)[number];

export function reservationNames(signals: readonly UsageSignal[], at: Date): ReservationName[] {
  const isDenied = (use: Use) => !judgeUse(signals, use, at).allowed;
  const isReserved: Record<ReservationName, boolean> = {
    noindex: isDenied("search"),
    noarchive: isDenied("archive"),
    nosnippet: judgeUse(signals, "search", at).maxCharacters === 0 && !isDenied("search"),
    tdm: isDenied("analysis"),
  };
  return RESERVATIONS.filter((name) => isReserved[name]);
}

const RESERVATION_SIGNALS: Record<
  ReservationName,
  Pick<UsageSignal, "denies" | "maxCharacters" | "format">
> = {
  noindex: { format: "robots-directive", denies: ["search"] },
  noarchive: { format: "robots-directive", denies: ["archive", "full-text"] },
  nosnippet: { format: "robots-directive", maxCharacters: 0 },
  tdm: { format: "tdmrep", denies: MINING },
};

export function namedSignals(names: readonly string[], seen: Pick<UsageSignal, "url" | "seenAt">) {
  return names.flatMap((name): UsageSignal[] => {
    const known = RESERVATIONS.find((each) => each === name);
    return known ? [{ place: "header", text: name, ...seen, ...RESERVATION_SIGNALS[known] }] : [];
  });
}

export interface Reserving {
  rights: UsageSignal[];
  reservations: string[];
}

/** Returns the signals of an article or, if it has none, signals for its named reservations. */
export function articleSignals({
  rights,
  reservations,
  url,
  lastSeenAt: seenAt,
}: Reserving & { url: string; lastSeenAt: Date }): UsageSignal[] {
  return rights.length > 0 ? rights : namedSignals(reservations, { url, seenAt });
}

/** What written consent in a source's file can cover: a reservation, use or robots directive. */
export const CONSENTS = [
  ...RESERVATIONS,
  ...USES,
  "max-snippet",
  "max-image-preview",
  "noimageai",
  "unavailable_after",
] as const;
export type Consent = (typeof CONSENTS)[number];

/** The restrictions besides `denies` that consents lift. */
const LIFTED_FIELDS: Partial<Record<Consent, keyof UsageSignal>> = {
  nosnippet: "maxCharacters",
  "max-snippet": "maxCharacters",
  "max-image-preview": "maxImagePreview",
  noimageai: "noImageAi",
  unavailable_after: "unavailableAfter",
};

/** Returns all signals, without the restrictions that the publisher's written `consents` lift. */
export function withoutConsented(
  signals: readonly UsageSignal[],
  consents: readonly Consent[],
): UsageSignal[] {
  if (consents.length === 0) return [...signals];
  const liftedFields = new Set<string | undefined>(consents.map((name) => LIFTED_FIELDS[name]));
  const reservations = RESERVATIONS.filter((name) => consents.includes(name));
  return signals.map((signal) => {
    const { denies = [] } = signal;
    // A reservation is lifted only from signals that deny its first use.
    const lifted = reservations
      .map((name) => RESERVATION_SIGNALS[name].denies ?? [])
      .filter(([first]) => first && denies.includes(first))
      .flat();
    const left = denies.filter((use) => !consents.includes(use) && !lifted.includes(use));
    // The fields keep their order, because `isConsented` compares the signals' JSON.
    const binding = Object.entries({ ...signal, denies: left }).filter(
      ([field]) => !liftedFields.has(field) && (field !== "denies" || left.length > 0),
    );
    return Object.fromEntries(binding) as UsageSignal;
  });
}

/** All URLs must fit into one HTTP header. */
const MAX_TERMS_URLS = 5;
const MAX_TERMS_URL_CHARACTERS = 1000;

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
    .exactOptional()
    .describe("Maximum size at which images may be shown; missing: not limited"),
  noImageAi: z
    .literal(true)
    .exactOptional()
    .describe(
      "The images must not be used as input for generative models, nor to train such models",
    ),
  unavailableAfter: z.iso
    .datetime()
    .nullable()
    .describe("Time from which the article must not be used for anything; null: no such time"),
  terms: z.array(z.string()).describe("URLs of licences, policies and contacts"),
});

/** What a publisher allows and denies; uses that it doesn't mention are in neither list. */
export type UsageTerms = Omit<z.infer<typeof UsageTermsRecord>, "unavailableAfter"> & {
  unavailableAfter: Date | null;
};

export function termsOf(signals: readonly UsageSignal[]): UsageTerms | null {
  if (signals.length === 0) return null;
  const verdicts = USES.map((use) => judgeUse(signals, use, BEFORE_EXPIRY));
  const having = (wanted: "allowed" | "disallowed") =>
    verdicts.flatMap(({ use, preference }) => (preference === wanted ? use : []));
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
    maxCharacters: leastOf(signals),
    ...imageTerms(signals),
    unavailableAfter: unavailableFrom(signals),
    terms: [...new Set(urls)].slice(0, MAX_TERMS_URLS),
  };
}

/**
 * Returns the strictest terms of several articles; null if none has terms. For more than one
 * article, `maxCharacters` and `unavailableAfter` are null.
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
    // A list cuts or omits each article by the article's own terms.
    maxCharacters: all.length === 1 ? first.maxCharacters : null,
    unavailableAfter: all.length === 1 ? first.unavailableAfter : null,
    terms: ofAll(({ terms }) => terms),
  };
}

const USE_PHRASES: Record<Use, string> = {
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
      `The publisher reserves the right to ${denies.map((use) => USE_PHRASES[use]).join(", ")}.`,
    maxCharacters !== null && `Excerpts may have at most ${maxCharacters} characters.`,
    maxImagePreview === "none" && "Pictures must not be shown.",
    maxImagePreview === "standard" && "Pictures may be shown only as thumbnails.",
    noImageAi && "Pictures must not be used for generative models.",
    unavailableAfter && `Available until ${unavailableAfter.toISOString()}.`,
    terms.length > 0 && `Terms: ${terms.join(" ")}`,
  ].filter((sentence) => typeof sentence === "string");
  return sentences.length > 0 ? sentences.join(" ") : null;
}

/** Maximum number of bytes of a licence or a policy that are read. */
export const DOCUMENT_BYTES = 100_000;

/** A publisher's statement about uses, without the place, URL and time at which it was seen. */
export type Statement = Omit<UsageSignal, "place" | "url" | "seenAt">;

export type Seen = Pick<UsageSignal, "place" | "url" | "seenAt">;

/** Returns statements as signals, whose texts are cut to 200 characters. */
export function seenAs(statements: readonly Statement[], seen: Seen): UsageSignal[] {
  return statements.map((statement) => {
    return { ...statement, ...seen, text: shorten(statement.text, MAX_TEXT_CHARACTERS) };
  });
}

/** Returns a statement that allows or denies `uses`; `text` is its wording. */
export function stating(
  format: Statement["format"],
  text: string,
  uses: readonly Use[],
  isAllowed: boolean,
): Statement {
  return { format, text, [isAllowed ? "allows" : "denies"]: [...uses] };
}
