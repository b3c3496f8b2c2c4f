import { DAY_MS } from "../../lib/time.ts";
import type { RightsDocument } from "../usage-rights.ts";
import type { Lane } from "./link.ts";

/** robots.txt of a host as last read. */
export interface RobotsCopy {
  /** `ok`: rules apply; `none`: 4xx, all allowed; `unreachable`: 5xx or network error, all forbidden. */
  state: "ok" | "none" | "unreachable";
  /** The rules that hold; of an unreachable file those last read, for a day; null: all is forbidden. */
  text: string | null;
  /** Set in the store when the rules are too long for the host's document; `robots` has them. */
  isLong?: true;
  status: number | null;
  fetchedAt: Date;
  /** Read it again after this. */
  expiresAt: Date;
  /** When these rules were read; null without any. */
  goodAt: Date | null;
  /** Why it is unreachable, in words. */
  detail: string | null;
}

/** The rules of a robots.txt that are too long for the host's document. `_id` is the host. */
export interface LongRobots {
  _id: string;
  text: string;
  readAt: Date;
}

/** One rule of tdmrep.json: a path pattern as in robots.txt, and whether mining what it matches is reserved. */
export interface TdmRule {
  location: string;
  reserved: boolean;
  /** URL of the policy that offers mining, as written. */
  policy?: string;
}

/** tdmrep.json of a host as last read (W3C TDMRep); without rules it reserves nothing. */
export interface TdmCopy {
  rules: TdmRule[];
  status: number | null;
  fetchedAt: Date;
  /** Read it again after this. */
  expiresAt: Date;
  /** Why nothing could be read, in words. */
  detail: string | null;
}

/** A licence or policy that pages of hosts name. `_id` is the hash of its URL. */
export interface StoredRightsDocument extends RightsDocument {
  _id: string;
}

/** Which lane pages of one type need. */
export interface RenderMemory {
  lane: Lane;
  at: Date;
  /** How often in a row a check of an old verdict had the same result. */
  checks: number;
  /** Pages in a row that were as empty after rendering as before; missing without any. */
  vain?: number;
}

/** What is true of one host: whose turn it is, pace, breaker, robots.txt. `_id` is `hostname:port`. */
export interface Host {
  _id: string;
  /** The truth of the turns: when each lane is to be visited next; a lane without work has none. */
  nextTurnAt: Partial<Record<Lane, Date>>;
  /** ms from the end of a request to the start of the next; the largest of its sources'. */
  delay: number;
  concurrency: number;
  robots: RobotsCopy | null;
  /** Missing until it was first asked for. */
  tdm?: TdmCopy;
  /** Ids of the licences and policies that it or its pages name; missing without any. */
  documentIds?: string[];
  /** Those documents as last read; the store joins them. */
  documents?: RightsDocument[];
  /** When what its files or its documents say of the use of its pages last changed. */
  rightsChangedAt?: Date;
  /** Stands for all hosts on the same server, which share a cap; as of the last robots.txt. */
  address: string | null;
  /** Failures in a row over all links; drives the breaker. */
  failures: number;
  /** No turn is taken before this, because of failures or Retry-After. */
  openUntil: Date | null;
  openReason: string | null;
  /** The latest fetches of known articles. They tell a broken host from one that is gone. */
  articleFetches?: HostFetch[];
  /** Pages of this host that needed the browser, by source and path template. */
  render: Record<string, RenderMemory>;
  /** Patterns of addresses that lately brought no article, by hash; see `crawler/links/trap.ts`. */
  traps?: Record<string, { pattern: string; misses: number; at: Date }>;
  /** In what it contradicted itself, and what therefore isn't believed; see `Unreliability`. */
  unreliable?: Unreliabilities;
  /** The latest time until which something isn't believed. */
  mistrustedUntil?: Date;
}

/** A fetch of a known article: whether it was still there. */
export interface HostFetch {
  linkId: string;
  gone: boolean;
  at: Date;
}

/** The kinds of contradictions, in words for operators. */
export const UNRELIABLE_KINDS = {
  validators: "says that content is unchanged when it changed (304, ETag, Last-Modified)",
  ids: "gives entries other ids at each fetch, or an id to another article",
  dates: "gives its entries new dates at each fetch",
  order: "puts its entries in another order at each fetch",
} as const;

export type UnreliableKind = keyof typeof UNRELIABLE_KINDS;

/** Evidence against a host's word of one kind. */
export interface Unreliability {
  /** Contradictions seen in a row; what is older than a month counts no more. */
  count: number;
  firstAt: Date;
  lastAt: Date;
  /** The latest contradiction, in words. */
  evidence: string;
  /** Until then it isn't believed; null while the evidence doesn't suffice. */
  until: Date | null;
}

/** All contradictions of a host. */
type Unreliabilities = Partial<Record<UnreliableKind, Unreliability>>;

/** One contradiction. */
export interface Contradiction {
  kind: UnreliableKind;
  evidence: string;
}

/** Contradictions until a host counts as unreliable: one ETag with two contents is proof, the others are signs. */
const NEEDED: Record<UnreliableKind, number> = { validators: 1, ids: 2, dates: 2, order: 2 };
/** A host is trusted again after this, ms, until it contradicts itself again. */
const HOLDS = 7 * DAY_MS;
const FADES = 30 * DAY_MS;

/** The record of a host after one more contradiction. */
export function afterContradiction(
  before: Unreliability | undefined,
  { kind, evidence }: Contradiction,
  now: Date,
): Unreliability {
  const known = before && now.getTime() - before.lastAt.getTime() < FADES ? before : null;
  const count = (known?.count ?? 0) + 1;
  const until = count >= NEEDED[kind] ? new Date(now.getTime() + HOLDS) : null;
  return { count, firstAt: known?.firstAt ?? now, lastAt: now, evidence, until };
}

/** Whether we trust what a host says of this kind at a time. */
export function isTrusted(
  { unreliable }: { unreliable?: Unreliabilities | undefined },
  kind: UnreliableKind,
  now: Date,
): boolean {
  const until = unreliable?.[kind]?.until;
  return !until || until <= now;
}

/** The kinds in which a host isn't believed at a time, each with its evidence. */
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
  /**
   * `closed`: the host is visited; `open`: it is left alone until the next try; `half-open`: that
   * time is over, one request at a time is made, and its answer decides.
   */
  state: "closed" | "open" | "half-open";
  /** When the next request may be made; null unless it is delayed. */
  nextTry: Date | null;
  /** Why it opened, in words. */
  cause: string | null;
  /** Failures in a row. */
  failures: number;
}

/** The breaker of a host at a time. */
export function breakerOf(
  { failures, openUntil, openReason }: Pick<Host, "failures" | "openUntil" | "openReason">,
  now: Date,
): BreakerState {
  if (!openUntil) return { state: "closed", nextTry: null, cause: null, failures };
  const open = openUntil > now;
  const state = open ? "open" : "half-open";
  return { state, nextTry: open ? openUntil : null, cause: openReason, failures };
}
