/**
 * A process of a running Newsgather with its last heartbeat. The process is an embedded service or
 * runs a role.
 */
export interface ProcessRecord {
  _id: string;
  /** `redis`, `database` or a role. */
  name: string;
  /** Host name. */
  machine: string;
  pid: number | null;
  since: Date;
  restarts: number;
  /** Number of restarts that replaced a stuck process. */
  replaced: number;
  lastExit: string | null;
  problem: string | null;
  /** When the process's supervisor last sent a heartbeat. */
  at: Date;
}

export interface ProcessProblem {
  text: string;
  /** When the process became stuck, epoch ms. 0 requires a restart at once, null requires none. */
  stuckSince: number | null;
  /** Set if the process doesn't answer. A page that it was working on might be the cause. */
  isSilent?: true;
}
