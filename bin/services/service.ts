import type { ProcessProblem } from "../../model/operations/process.ts";

/** How a service ended, with its last lines of output. */
export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
  output: string;
}

/** A process that this process started and owns. */
export interface Service {
  readonly name: string;
  /** URL for clients. Restarts don't change it. */
  readonly url: string;
  readonly pid: number;
  /** The name under which a worker records its tasks; null or missing for other processes. */
  readonly worker?: string | null;
  /** Ends the service gracefully, or by force after a deadline; idempotent. */
  stop(): Promise<void>;
  kill(): void;
  /** Returns what is wrong with the service; null if it works. Never rejects. */
  inspect(): Promise<ProcessProblem | null>;
  /** Never rejects. */
  readonly exited: Promise<Exit>;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Describes how a service ended, e.g. `killed by SIGKILL` or `exit code 1: <last line>`. */
export function describeExit(exit: Exit): string {
  const how = exit.signal ? `killed by ${exit.signal}` : `exit code ${exit.code}`;
  const last = exit.output.trim().split("\n").at(-1);
  return last ? `${how}: ${last}` : how;
}

export function isFault({ code, signal }: Pick<Exit, "code" | "signal">): boolean {
  return signal === null
    ? code !== 0
    : !["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"].includes(signal);
}
