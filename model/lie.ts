import { DAY_MS } from "../lib/time.ts";

/** What a host may say that isn't so, in words for operators. */
export const LIES = {
  validators: "calls content unchanged that did change (304, ETag, Last-Modified)",
  ids: "gives entries other ids at each look, or an id to another article",
  dates: "dates its entries anew at each look",
  order: "puts its entries in another order at each look",
} as const;

export type LieKind = keyof typeof LIES;

/** Evidence against a host's word of one kind. */
export interface Lie {
  /** Contradictions seen in a row; what is older than a month counts no more. */
  count: number;
  firstAt: Date;
  lastAt: Date;
  /** The latest contradiction, in words. */
  evidence: string;
  /** Until then it isn't believed; null while the evidence doesn't suffice. */
  until: Date | null;
}

/** All that is held against a host. */
export type Lies = Partial<Record<LieKind, Lie>>;

/** One contradiction. */
export interface Contradiction {
  kind: LieKind;
  evidence: string;
}

/** Contradictions that it takes: an ETag that stands for two contents is proof, the others are signs. */
const NEEDED: Record<LieKind, number> = { validators: 1, ids: 2, dates: 2, order: 2 };
/** A host is believed again after this, ms, and found out again if it goes on. */
const HOLDS = 7 * DAY_MS;
const FADES = 30 * DAY_MS;

/** What is held against a host after one more contradiction. */
export function afterContradiction(
  before: Lie | undefined,
  { kind, evidence }: Contradiction,
  now: Date,
): Lie {
  const known = before && now.getTime() - before.lastAt.getTime() < FADES ? before : null;
  const count = (known?.count ?? 0) + 1;
  const until = count >= NEEDED[kind] ? new Date(now.getTime() + HOLDS) : null;
  return { count, firstAt: known?.firstAt ?? now, lastAt: now, evidence, until };
}

/** Whether a host's word of this kind is believed at a time. */
export function isBelieved(
  { lies }: { lies?: Lies | undefined },
  kind: LieKind,
  now: Date,
): boolean {
  const until = lies?.[kind]?.until;
  return !until || until <= now;
}

/** The kinds in which a host isn't believed at a time, each with its evidence. */
export function liesOf(host: { lies?: Lies | undefined }, now: Date): (Lie & { kind: LieKind })[] {
  const kinds = Object.keys(LIES) as LieKind[];
  return kinds.flatMap((kind) => {
    const lie = host.lies?.[kind];
    return lie && !isBelieved(host, kind, now) ? [{ kind, ...lie }] : [];
  });
}
