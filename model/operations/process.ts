/** A process of a running Newsgather, an embedded service or a role, with its last heartbeat. */
export interface ProcessRecord {
  _id: string;
  /** `redis`, `database` or a role. */
  name: string;
  /** Host name of the machine on which the process runs. */
  machine: string;
  pid: number | null;
  since: Date;
  restarts: number;
  /** Number of restarts that replaced a stuck process. */
  replaced: number;
  /** Describes how the process last ended; null if it never ended. */
  lastExit: string | null;
  /** Describes the process's current problem; null if it has none. */
  problem: string | null;
  /** Time of the last heartbeat of the supervisor of this process. */
  at: Date;
}

/** The problem of a running process. */
export interface ProcessProblem {
  text: string;
  /**
   * Time from which only a restart can help, epoch ms; 0 if the process must be restarted at once, null if a restart
   * isn't needed or wouldn't help.
   */
  stuckSince: number | null;
}
