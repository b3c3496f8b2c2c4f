import type { HealthCause, HealthState } from "../sources/health.ts";

/** The subjects of alarms. */
type AlarmKind = "source" | "process" | "disk" | "memory" | "webhook";

/** Causes of alarms other than a source's health, each with its kind and message; a closed set. */
export const ALARM_CAUSES = {
  "coverage-missing": {
    kind: "source",
    about: "its error budget is spent, and announced articles are missing",
  },
  "coverage-late": {
    kind: "source",
    about:
      "its error budget is spent, and more articles were late since yesterday than the objective allows",
  },
  "ends-workers": { kind: "source", about: "its pages crashed two workers, so it is paused" },
  standstill: {
    kind: "source",
    about: "a run has been open for more than an hour without progress",
  },
  problem: { kind: "process", about: "a process has a problem that keeps it from working" },
  keys: {
    kind: "process",
    about: "the keys that sign requests expire soon, have expired or can't be read",
  },
  skew: { kind: "process", about: "the clock differs from the clock of Redis by more than 30 s" },
  "not-taken": { kind: "webhook", about: "the receiver doesn't accept messages" },
  full: {
    kind: "disk or memory",
    about: "the disk or Redis is nearly full, so nothing is fetched",
  },
} as const satisfies Record<string, { kind: string; about: string }>;

/** The kind of problem. */
export type AlarmCause = keyof typeof ALARM_CAUSES | HealthCause;

/** A current problem. */
export interface Trouble {
  kind: AlarmKind;
  /** Id of the source, process or webhook. */
  subject: string;
  cause: AlarmCause;
  state: Exclude<HealthState, "ok" | "unknown" | "paused">;
  words: string;
  todo: string | null;
}

/** A problem from its beginning to its end. `_id` is made from kind, subject and cause. */
export interface Alarm extends Trouble {
  _id: string;
  openedAt: Date;
  /** When the problem ended; null while it continues. */
  closedAt: Date | null;
  /** When operators are notified of the problem, if it still exists then. */
  tellAt: Date;
  /** Whether digests have reported the problem's beginning and its end. */
  notified: { opened: boolean; closed: boolean };
}

/** Ways to reach operators. */
export type AlarmWay = "mail" | "webhook";

/** A message about all alarms that opened or closed since the last one. */
export interface Digest {
  _id: string;
  at: Date;
  subject: string;
  text: string;
  opened: Alarm[];
  closed: Alarm[];
  /** Number of open alarms, including those in the digest. */
  open: number;
  /** The ways in which the digest still has to be sent; empty once it was sent in all of them. */
  waiting: AlarmWay[];
  tries: number;
  nextTryAt: Date | null;
  /** Explains why the last attempt to send the digest failed; null if none failed. */
  problem: string | null;
}
