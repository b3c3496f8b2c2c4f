import { z } from "zod";

/** Number of characters of a signal that are stored. */
const MAX_TEXT_CHARACTERS = 200;

/** The uses of content. Each is judged separately. */
export const USES = [
  /** Listing it: headline, link and an excerpt that helps to choose. */
  "search",
  /** Handing its whole text to readers. */
  "full-text",
  /** Storing the page. */
  "archive",
  /** Text and data mining: counting, classifying, comparing. */
  "analysis",
  /** Input of a generative model, such as retrieval or grounding. */
  "ai-input",
  /** Training or fine-tuning a generative model. */
  "ai-train",
] as const;
export type Use = (typeof USES)[number];

/** The specification that a signal follows. */
const SIGNAL_FORMATS = [
  "robots-directive",
  "tdmrep",
  "odrl",
  "content-signal",
  "content-usage",
  "rsl",
  "schema.org",
] as const;
type SignalFormat = (typeof SIGNAL_FORMATS)[number];

/** Where a signal was found. */
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

/** One statement of a publisher on what may be done with a page. */
export interface UsageSignal {
  format: SignalFormat;
  place: SignalPlace;
  /** What it says, in the words of its format, e.g. `ai-train=no`; at most 200 characters. */
  text: string;
  /** The file or page that says it. */
  url: string;
  seenAt: Date;
  allows?: Use[];
  denies?: Use[];
  /** At most so many characters of the text may be shown, or given to a generative model; 0: none. */
  maxCharacters?: number;
  /** From then on it may be shown to nobody. */
  unavailableAfter?: Date;
  /** Where the licence, policy or contact is that says how to get the right. */
  terms?: string;
}

/** The fields of a signal. */
export const UsageSignalFields = z.object({
  format: z.enum(SIGNAL_FORMATS).describe("The specification that it follows"),
  place: z.enum(SIGNAL_PLACES).describe("Where it stands"),
  text: z.string().max(MAX_TEXT_CHARACTERS).describe("What it says, in the words of its format"),
  url: z.string().describe("The file or page that says it"),
  seenAt: z.coerce.date(),
  allows: z.array(z.enum(USES)).optional(),
  denies: z.array(z.enum(USES)).optional(),
  maxCharacters: z.int().optional(),
  unavailableAfter: z.coerce.date().optional(),
  terms: z.string().optional(),
});

/** A signal as JSON has it. */
export const UsageSignalRecord = UsageSignalFields.transform(
  (signal): UsageSignal => definedIn(signal),
);

function definedIn<T extends object>(signal: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(signal).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Number of signals that are stored of one page. */
export const MAX_SIGNALS = 40;

/** Whether a use is allowed, and which signals decide that. */
export interface UseVerdict {
  use: Use;
  allowed: boolean;
  /** `unknown`: no signal speaks of this use; it is then allowed. */
  preference: "allowed" | "disallowed" | "unknown";
  /** Characters of the text that this use may take at most; null: all of them. */
  maxCharacters: number | null;
  /** The signals that decide: those that deny it, else those that limit it, else those that allow it. */
  because: UsageSignal[];
}

/** Uses that a limit on the length of excerpts concerns. */
const LIMITED: ReadonlySet<Use> = new Set(["search", "full-text", "ai-input"]);

/**
 * Judges one use of a page at a time: the strictest signal that applies wins, as
 * draft-ietf-aipref-vocab-08 section 5.1 combines statements ("if any statement of preference
 * indicates that the usage is disallowed, the result is that the usage is disallowed"). Rules by which
 * one statement of a format replaces another one of the same format (the nearest place of TDMRep, the
 * longest path in robots.txt, the narrowest scope of RSL) have been applied when the signals were read.
 *
 * A page that is unavailable after a time that has come may be used for nothing. An excerpt of at
 * most so many characters limits `search` and `ai-input`, none at all denies `ai-input`, and both
 * deny `full-text`. What no signal speaks of is allowed.
 */
export function judgeUse(signals: readonly UsageSignal[], use: Use, at: Date): UseVerdict {
  const limits = LIMITED.has(use)
    ? signals.filter(({ maxCharacters }) => isLimit(maxCharacters))
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
  const maxCharacters = limits.reduce<number | null>(
    (least, { maxCharacters: most = 0 }) => Math.min(least ?? most, most),
    null,
  );
  const because = limits.length > 0 ? limits : allowing;
  return { use, allowed: true, preference, maxCharacters, because };
}

function isLimit(maxCharacters: number | undefined): boolean {
  return maxCharacters !== undefined && maxCharacters >= 0;
}

/** The first time at which a page becomes unavailable; null if no signal names one. */
export function unavailableFrom(signals: readonly UsageSignal[]): Date | null {
  const times = signals.flatMap(({ unavailableAfter }) => unavailableAfter?.getTime() ?? []);
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

/** Why a use isn't allowed, for a reader: what is said where; null when it is allowed. */
export function denialOf({ allowed, because }: UseVerdict): string | null {
  if (allowed) return null;
  return because.map(({ text, place }) => `${text} (${place})`).join(", ");
}

/** Why a use isn't allowed, in words that many pages share, so that they can be counted. */
export function denialKind({ because }: UseVerdict): string {
  const [first] = because;
  if (!first) return "nothing";
  return `${first.unavailableAfter ? "unavailable_after" : first.text} (${first.place})`;
}

/** A signal with what it says cut to its length. */
export function toSignal(signal: UsageSignal): UsageSignal {
  const { text } = signal;
  return text.length > MAX_TEXT_CHARACTERS
    ? { ...signal, text: `${text.slice(0, MAX_TEXT_CHARACTERS - 1)}…` }
    : signal;
}

/** Licences of one page that are read; where it has more, machines have no licence. */
export const MAX_LICENCES = 5;

/** What the markup of a page declares on its use, as written. */
export interface DeclaredUse {
  /** Robots directives of `meta`s, and the robot that each is for (`robots`: all of them), lower-case. */
  robots: { name: string; content: string }[];
  tdmReservation: string | null;
  tdmPolicy: string | null;
  /** Absolute URLs of RSL licences that it links to, and licences in the page itself. */
  licences: string[];
  licenceTexts: string[];
  /** Of the JSON-LD of its article. */
  license: string | null;
  usageInfo: string | null;
  isAccessibleForFree: boolean | null;
}

/** A document on rights that a page or its host names (an RSL licence, a TDM policy), as last read. */
export interface RightsDocument {
  url: string;
  /** What it holds; null when it couldn't be read. */
  text: string | null;
  status: number | null;
  fetchedAt: Date;
  /** Read it again after this. */
  expiresAt: Date;
  /** How long its text may be relied on; null without any. */
  validUntil: Date | null;
  /** Why it couldn't be read, in words. */
  detail: string | null;
}

/** Characters that may be shown of an article's text; null: no signal limits them. */
export function excerptLimit(article: Reserving): number | null {
  const signals = articleSignals({ ...article, url: "", lastSeenAt: NO_TIME });
  const { allowed, maxCharacters } = judgeUse(signals, "search", NO_TIME);
  return allowed ? maxCharacters : 0;
}

/** Whether searches may find an article. */
export function mayBeFound(
  article: Reserving & { url: string; lastSeenAt: Date },
  at: Date,
): boolean {
  return judgeUse(articleSignals(article), "search", at).allowed;
}

/** Whether the whole text may be handed to readers. */
export function mayHandOut(signals: readonly UsageSignal[]): boolean {
  return judgeUse(signals, "full-text", NO_TIME).allowed;
}

/** Articles whose time is over are withdrawn as a whole, so that outputs need no clock. */
const NO_TIME = new Date(0);

/** Names of what publishers reserve, as a short account of what is denied. */
const RESERVATIONS = ["noindex", "noarchive", "nosnippet", "tdm"] as const;
export type ReservationName = (typeof RESERVATIONS)[number];

/** What is reserved at a time, by name: listing, keeping, excerpts, mining. */
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

/** What each reservation denies, where nothing but its name is known. */
const BY_NAME: Record<ReservationName, Pick<UsageSignal, "denies" | "maxCharacters" | "format">> = {
  noindex: { format: "robots-directive", denies: ["search"] },
  noarchive: { format: "robots-directive", denies: ["archive", "full-text"] },
  nosnippet: { format: "robots-directive", maxCharacters: 0 },
  tdm: { format: "tdmrep", denies: ["analysis", "ai-input", "ai-train"] },
};

/** The signals of a page of which only the names of its reservations are known. */
export function namedSignals(names: readonly string[], seen: Pick<UsageSignal, "url" | "seenAt">) {
  return names.flatMap((name): UsageSignal[] => {
    const known = RESERVATIONS.find((each) => each === name);
    return known ? [{ place: "header", text: name, ...seen, ...BY_NAME[known] }] : [];
  });
}

/** What is said of an article; of one from elsewhere perhaps the names of its reservations alone. */
export interface Reserving {
  rights?: UsageSignal[];
  reservations?: string[];
}

/** What is said of the use of an article and holds for us. */
export function articleSignals({
  rights = [],
  reservations = [],
  url,
  lastSeenAt: seenAt,
}: Reserving & { url: string; lastSeenAt: Date }): UsageSignal[] {
  return rights.length > 0 ? rights : namedSignals(reservations, { url, seenAt });
}

/** The written consents of a publisher that a source may name, beside each use. */
export const CONSENTS = [...RESERVATIONS, ...USES, "max-snippet", "unavailable_after"] as const;
export type Consent = (typeof CONSENTS)[number];

/** The signals that still hold where a publisher has agreed in writing to what `consents` name. */
export function withoutConsented(
  signals: readonly UsageSignal[],
  consents: readonly Consent[],
): UsageSignal[] {
  if (consents.length === 0) return [...signals];
  const isFree = (name: Consent) => consents.includes(name);
  return signals.map((signal) => {
    const { denies = [], maxCharacters, unavailableAfter, ...rest } = signal;
    const mines = denies.includes("analysis") && isFree("tdm");
    const archives = denies.includes("archive") && isFree("noarchive");
    const isLifted = (use: Use) =>
      isFree(use) ||
      (use === "search" && isFree("noindex")) ||
      (archives && (use === "archive" || use === "full-text")) ||
      (mines && (use === "analysis" || use === "ai-input" || use === "ai-train"));
    const left = denies.filter((use) => !isLifted(use));
    const keepsLimit =
      maxCharacters !== undefined && !isFree("nosnippet") && !isFree("max-snippet");
    const keepsTime = unavailableAfter !== undefined && !isFree("unavailable_after");
    return {
      ...rest,
      ...(left.length > 0 && { denies: left }),
      ...(keepsLimit && { maxCharacters }),
      ...(keepsTime && { unavailableAfter }),
    };
  });
}
