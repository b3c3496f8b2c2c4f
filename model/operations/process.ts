/** One process of a running Newsgather: an embedded service or a role, with its heartbeat. */
export interface ProcessRecord {
  _id: string;
  /** `redis`, `database` or a role. */
  name: string;
  /** The host name of the process's machine. */
  machine: string;
  pid: number | null;
  since: Date;
  restarts: number;
  /** Number of restarts that replaced a stuck process. */
  replaced: number;
  /** Describes how the process last ended; null if it never did. */
  lastExit: string | null;
  /** Describes the process's current problem; null if it has none. */
  problem: string | null;
  /** Time of the last heartbeat of the process's supervisor. */
  at: Date;
}

/** The problem of a running process. */
export interface ProcessProblem {
  text: string;
  /**
   * Time since which only a restart can help, epoch ms; null if a restart isn't needed or wouldn't
   * help.
   */
  stuckSince: number | null;
}
