import type { Lies } from "./lie.ts";
import type { Lane } from "./link.ts";
import type { HostLook } from "./retraction.ts";

/** robots.txt of a host as last read. */
export interface RobotsCopy {
  /** `ok`: rules apply; `none`: 4xx, all allowed; `unreachable`: 5xx or network error, all forbidden. */
  state: "ok" | "none" | "unreachable";
  /** The rules that hold; of an unreachable file those last read, for a day; null: all is forbidden. */
  text: string | null;
  /** Set in the store where the rules are too long for the host's document: they stand in `robots`. */
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

/** The rules of a host's robots.txt that are too long for the host's document; `_id` is the host. */
export interface LongRobots {
  _id: string;
  text: string;
  readAt: Date;
}

/** One rule of tdmrep.json: a path pattern as in robots.txt, and whether mining what it matches is reserved. */
export interface TdmRule {
  location: string;
  reserved: boolean;
}

/** tdmrep.json of a host as last read (W3C TDMRep); without rules nothing is said. */
export interface TdmCopy {
  rules: TdmRule[];
  status: number | null;
  fetchedAt: Date;
  /** Read it again after this. */
  expiresAt: Date;
  /** Why nothing could be read, in words. */
  detail: string | null;
}

/** Which lane pages of one type need. */
export interface RenderMemory {
  lane: Lane;
  at: Date;
  /** Times in a row that a check of an old verdict came to the same. */
  checks: number;
  /** Pages in a row that were as empty after rendering as before; missing without any. */
  vain?: number;
}

/** What is true per host (`hostname:port`); `_id` is the host. */
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
  /** Stands for all hosts on the same server, which share a cap; as of the last robots.txt. */
  address: string | null;
  /** Failures in a row over all links; drives the breaker. */
  failures: number;
  /** Until then no turn is taken, because of failures or Retry-After. */
  openUntil: Date | null;
  openReason: string | null;
  /** The latest looks at articles that were known before: what tells a broken host from one that is gone. */
  looks?: HostLook[];
  /** Pages of this host that needed the browser, by source and path template. */
  render: Record<string, RenderMemory>;
  /** Patterns of addresses that lately brought no article, by hash; see `crawler/links/trap.ts`. */
  traps?: Record<string, { pattern: string; misses: number; at: Date }>;
  /** In what it contradicted itself, and what therefore isn't believed; see `model/lie.ts`. */
  lies?: Lies;
  /** The latest time until which something isn't believed. */
  mistrustedUntil?: Date;
}
