/** One process of a running Newsgather: an embedded service or a role, with its heartbeat. */
export interface ProcessRecord {
  _id: string;
  /** `redis`, `database` or a role. */
  name: string;
  /** The machine that it runs on. */
  machine: string;
  pid: number | null;
  since: Date;
  restarts: number;
  /** How many of the restarts replaced a stuck process. */
  replaced: number;
  /** How it ended the last time, in words. */
  lastExit: string | null;
  /** What is wrong with it now, in words. */
  problem: string | null;
  /** When its supervisor last said so. */
  at: Date;
}

/** The problems of a living process, in words. */
export interface ProcessProblem {
  text: string;
  /** Since when only a new process can help, epoch ms; null when it can't or needn't. */
  stuckSince: number | null;
}
