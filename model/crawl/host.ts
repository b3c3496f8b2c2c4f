import { DAY_MS } from "../../lib/time.ts";
import type { FetchedFile, RightsDocument } from "../usage-rights.ts";
import type { Lane } from "./link.ts";

/** The result of the last request for a host's robots.txt, and the rules in force. */
export interface RobotsCopy extends FetchedFile {
  /**
   * Result of the last request:
   * - `ok`: the rules apply
   * - `none` (3xx, or 4xx except 429): everything is allowed
   * - `unreachable` (429, 5xx or network error): the last rules apply until two days after they
   *   were read, then everything is forbidden
   */
  state: "ok" | "none" | "unreachable";
  /** The rules in force: empty if everything is allowed, null while everything is forbidden. */
  text: string | null;
  /**
   * Set if the rules are stored in the collection `robots`, because they are too long for `text`.
   */
  isLong?: true;
  /** When the rules were last read or found missing; null while everything is forbidden. */
  goodAt: Date | null;
}

/** The rules of a robots.txt that are too long for the host's document. `_id` is the host. */
export interface LongRobots {
  _id: string;
  text: string;
  readAt: Date;
}

/** A rule of tdmrep.json: a path pattern as in robots.txt, and whether mining is reserved. */
export interface TdmRule {
  location: string;
  reserved: boolean;
  /** URL of the policy that offers a licence for mining, as written; missing if there is none. */
  policy?: string;
}

/** The rules of a host's tdmrep.json (W3C TDMRep). They stay in force if a new read fails. */
export interface TdmCopy extends FetchedFile {
  rules: TdmRule[];
}

/** A licence or policy that hosts or their pages name. `_id` is the hash of its URL. */
export interface StoredRightsDocument extends RightsDocument {
  _id: string;
}

/** When pages of one type were found to need the browser. */
export interface RenderMemory {
  at: Date;
  /** Number of later checks that confirmed this. */
  checks: number;
  /** Number of consecutive pages on which the browser found no text; missing if it is 0. */
  vain?: number;
}

/**
 * The state of a host: when to fetch next, pace, circuit breaker and policy files. `_id` is the
 * hostname, with `:PORT` unless the port is the default.
 */
export interface Host {
  _id: string;
  /** When the next request in each lane (`http`, `browser`) is due; idle lanes are missing. */
  nextTurnAt: Partial<Record<Lane, Date>>;
  /**
   * Time from the end of a request to the start of the next, ms. A longer Crawl-delay in robots.txt
   * takes precedence.
   */
  delay: number;
  concurrency: number;
  robots: RobotsCopy | null;
  tdm?: TdmCopy;
  /** Ids of the licences and policies that the host or its pages name; missing if none. */
  documentIds?: string[];
  /**
   * The documents named in `documentIds`, added when the host is read; missing if there are none.
   */
  documents?: RightsDocument[];
  rightsChangedAt?: Date;
  /** IP address when robots.txt was last read; null if unknown. */
  address: string | null;
  /** Number of consecutive failed requests, over all links, that were the host's fault. */
  failures: number;
  /** The breaker is open until this time; null if the breaker is closed. */
  openUntil: Date | null;
  openReason: string | null;
  /** The latest fetches of known articles, oldest first; they show whether the host works. */
  articleFetches?: HostFetch[];
  /** The types of pages (`SOURCE/PATH-PATTERN`) of this host that need the browser. */
  render: Record<string, RenderMemory>;
  /** URL patterns that lately led to no new article, by hash; see `crawler/links/url.ts`. */
  traps?: Record<string, { pattern: string; misses: number; at: Date }>;
  /** How the host has contradicted itself, by kind of statement; see `Unreliability`. */
  unreliable?: Unreliabilities;
  /**
   * When all of the host's statements, such as dates and ids, are trusted again; missing if none
   * was ever distrusted.
   */
  mistrustedUntil?: Date;
}

export interface HostFetch {
  linkId: string;
  gone: boolean;
  at: Date;
}

/** The kinds of contradictions, as shown to operators. */
export const UNRELIABLE_KINDS = {
  validators: "says that content is unchanged although it changed (304, ETag, Last-Modified)",
  ids: "gives entries new ids at each fetch, or one id to two articles",
  dates: "gives its entries new dates at each fetch",
  order: "changes the order of its entries at each fetch",
} as const;

export type UnreliableKind = keyof typeof UNRELIABLE_KINDS;

/** A host's contradictions in one kind of statement, such as dates or ids. */
export interface Unreliability {
  /** Number of contradictions. Counting starts again at 1 after 30 days without a contradiction. */
  count: number;
  firstAt: Date;
  lastAt: Date;
  /** Description of the latest contradiction. */
  evidence: string;
  /** Until when this kind of statement is distrusted; null if it has too few contradictions. */
  until: Date | null;
}

type Unreliabilities = Partial<Record<UnreliableKind, Unreliability>>;

export interface Contradiction {
  kind: UnreliableKind;
  evidence: string;
}

/** For `validators`, one contradiction is proof. */
const MIN_CONTRADICTIONS: Record<UnreliableKind, number> = {
  validators: 1,
  ids: 2,
  dates: 2,
  order: 2,
};
const DISTRUST_MS = 7 * DAY_MS;
const CONTRADICTIONS_TTL_MS = 30 * DAY_MS;

export function afterContradiction(
  before: Unreliability | undefined,
  { kind, evidence }: Contradiction,
  now: Date,
): Unreliability {
  const known =
    before && now.getTime() - before.lastAt.getTime() < CONTRADICTIONS_TTL_MS ? before : null;
  const count = (known?.count ?? 0) + 1;
  const until = count >= MIN_CONTRADICTIONS[kind] ? new Date(now.getTime() + DISTRUST_MS) : null;
  return { count, firstAt: known?.firstAt ?? now, lastAt: now, evidence, until };
}

export function isTrusted(
  { unreliable }: { unreliable?: Unreliabilities | undefined },
  kind: UnreliableKind,
  now: Date,
): boolean {
  const until = unreliable?.[kind]?.until;
  return !until || until <= now;
}

export function findUnreliable(
  host: { unreliable?: Unreliabilities | undefined },
  now: Date,
): (Unreliability & { kind: UnreliableKind })[] {
  const kinds = Object.keys(UNRELIABLE_KINDS) as UnreliableKind[];
  return kinds.flatMap((kind) => {
    const known = host.unreliable?.[kind];
    return known && !isTrusted(host, kind, now) ? [{ kind, ...known }] : [];
  });
}

/** The state of a host's circuit breaker (Nygard, "Release It!"). */
export interface BreakerState {
  /** `half-open`: one request at a time, until one closes or reopens the breaker. */
  state: "closed" | "open" | "half-open";
  nextTry: Date | null;
  cause: string | null;
  failures: number;
}

export function breakerOf(
  { failures, openUntil, openReason }: Pick<Host, "failures" | "openUntil" | "openReason">,
  now: Date,
): BreakerState {
  if (!openUntil) return { state: "closed", nextTry: null, cause: null, failures };
  const open = openUntil > now;
  const state = open ? "open" : "half-open";
  return { state, nextTry: open ? openUntil : null, cause: openReason, failures };
}
