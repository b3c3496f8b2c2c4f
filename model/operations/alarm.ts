import type { HealthState } from "../sources/health.ts";

/** What an alarm is about. */
type AlarmKind = "source" | "process" | "disk" | "memory" | "webhook";

/** Something that isn't well now, in words. */
export interface Trouble {
  kind: AlarmKind;
  /** Id of the source, process or webhook. */
  subject: string;
  cause: string;
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
  /** Passing troubles are told of only if they last until then. */
  tellAt: Date;
  /** Whether a digest told that it began, and that it is over. */
  notified: { opened: boolean; closed: boolean };
}

/** Ways in which operators are told. */
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
