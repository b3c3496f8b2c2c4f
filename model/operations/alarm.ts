import type { HealthCause, HealthState } from "../sources/health.ts";

/** The subjects of alarms. */
type AlarmKind = "source" | "process" | "disk" | "memory" | "webhook";

/** Causes of alarms that aren't causes of a source's health, each with its kind and what it says; a closed set. */
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
  "ends-workers": { kind: "source", about: "its pages ended two workers, so it is paused" },
  standstill: {
    kind: "source",
    about: "a run has been open for more than an hour, and nothing comes",
  },
  problem: { kind: "process", about: "a process doesn't do its work" },
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

/** Class of what is wrong. */
export type AlarmCause = keyof typeof ALARM_CAUSES | HealthCause;

/** Something that isn't well now, in words. */
export interface Trouble {
  kind: AlarmKind;
  /** Id of the source, process or webhook. */
  subject: string;
  cause: AlarmCause;
  state: Exclude<HealthState, "ok" | "unknown" | "paused">;
  words: string;
  todo: string | null;
}

/** Something that isn't well, until it is. `_id` is made of kind, subject and cause. */
export interface Alarm extends Trouble {
  _id: string;
  openedAt: Date;
  /** null while it lasts. */
  closedAt: Date | null;
  /** Operators hear of a passing trouble only if it lasts until then. */
  tellAt: Date;
  /** Whether a digest reported its beginning, and its end. */
  notified: { opened: boolean; closed: boolean };
}

/** Ways to reach operators. */
export type AlarmWay = "mail" | "webhook";

/** One message about all alarms that opened or closed since the last one. */
export interface Digest {
  _id: string;
  at: Date;
  subject: string;
  text: string;
  opened: Alarm[];
  closed: Alarm[];
  /** Alarms that are open, these included. */
  open: number;
  /** Ways on which it wasn't taken yet; empty once it is sent. */
  waiting: AlarmWay[];
  tries: number;
  nextTryAt: Date | null;
  /** Why it wasn't taken the last time. */
  problem: string | null;
}
