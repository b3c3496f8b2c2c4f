import { type ChildProcess, spawn } from "node:child_process";
import type { Store } from "../../store/store.ts";

const program = new URL("../../bin/newsgather", import.meta.url).pathname;

/** The exit code and output of a command. */
export interface CliEnd {
  code: number | null;
  out: string;
  err: string;
}

interface CliOptions {
  /** Other hosts of the database. */
  hosts?: string[];
  settings?: Record<string, string>;
}

/**
 * Returns a function that runs commands on a store's database, as an operator does. `input` is their standard input,
 * `started` gets their process.
 */
export function cliOn(
  { client, db }: Store,
  { hosts = client.options.hosts.map(String), settings = {} }: CliOptions = {},
) {
  const env = {
    ...process.env,
    MONGODB_URI: `mongodb://${hosts.join()}/?directConnection=true`,
    REDIS_URL: "redis://127.0.0.1:1",
    NEWSGATHER_DB_NAME: db.databaseName,
    ...settings,
  };
  return (args: string[], input = "", started?: (child: ChildProcess) => void): Promise<CliEnd> => {
    const child = spawn(process.execPath, [program, ...args], { env });
    started?.(child);
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += String(chunk)));
    child.stderr.on("data", (chunk) => (err += String(chunk)));
    child.stdin.end(input);
    return new Promise((resolve) => {
      child.once("close", (code) => resolve({ code, out, err }));
    });
  };
}
