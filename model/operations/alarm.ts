import type { HealthCause, HealthState } from "../sources/health.ts";

type AlarmKind = "source" | "process" | "disk" | "memory" | "webhook";

/** All causes of alarms except `HealthCause`, each with the kind of its subject and its meaning. */
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
    about: "the disk or Redis is nearly full: fetching is paused, or will be soon",
  },
} as const satisfies Record<string, { kind: string; about: string }>;

export type AlarmCause = keyof typeof ALARM_CAUSES | HealthCause;

/** A problem that exists now. */
export interface Trouble {
  kind: AlarmKind;
  /** Id of the source, process or webhook, or a fixed name such as `redis` or `clock`. */
  subject: string;
  cause: AlarmCause;
  state: Exclude<HealthState, "ok" | "unknown" | "paused">;
  words: string;
  todo: string | null;
}

/** A problem, with its beginning and its end. `_id` is `KIND:SUBJECT:CAUSE`. */
export interface Alarm extends Trouble {
  _id: string;
  openedAt: Date;
  closedAt: Date | null;
  /** The first digest after this time reports the problem, if it still exists then. */
  tellAt: Date;
  /** Whether digests have reported the beginning of the problem, and its end. */
  notified: { opened: boolean; closed: boolean };
}

/** How digests reach operators. */
export type AlarmChannel = "mail" | "webhook";

/** A message about the alarms that opened or closed since the last message. */
export interface Digest {
  _id: string;
  at: Date;
  subject: string;
  text: string;
  opened: Alarm[];
  closed: Alarm[];
  /** Number of open alarms that this digest or an earlier one reports. */
  open: number;
  /** The ways by which the digest still has to be delivered. */
  waiting: AlarmChannel[];
  tries: number;
  nextTryAt: Date | null;
  /** Why the last attempt failed; null if it didn't fail, or if there was no attempt yet. */
  problem: string | null;
}
