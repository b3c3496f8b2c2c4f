import { Readable } from "node:stream";
import { vi } from "vitest";
import { main } from "../../bin/cli.ts";
import type { Store } from "../../store/store.ts";
import type { CliEnd } from "./cli.ts";

/** The previous command: only one at a time can use the environment and output of the process. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Returns a function that runs commands on a store's database in this process, one after the other, which saves
 * starting a process for each. `input` is their standard input.
 */
export function commandsOn({ client, db }: Store, env: Record<string, string> = {}) {
  return commandsIn({
    MONGODB_URI: `mongodb://${client.options.hosts.map(String).join()}/?directConnection=true`,
    REDIS_URL: "redis://127.0.0.1:1",
    NEWSGATHER_DB_NAME: db.databaseName,
    ...env,
  });
}

/** Returns a function that runs commands in this process with these additional variables, as `commandsOn` does. */
export function commandsIn(env: Record<string, string>) {
  // Each command listens for a closed standard output.
  process.stdout.setMaxListeners(0);
  const run = async (args: string[], input: string): Promise<CliEnd> => {
    const written = { out: "", err: "" };
    const keep = (stream: "out" | "err", end: string) => (text: unknown) =>
      (written[stream] += `${String(text)}${end}`) !== "";
    const before = { ...process.env };
    Object.assign(process.env, env);
    const spies = [
      vi
        .spyOn(process, "stdin", "get")
        .mockReturnValue(Readable.from([input]) as typeof process.stdin),
      vi.spyOn(console, "log").mockImplementation(keep("out", "\n")),
      vi.spyOn(console, "error").mockImplementation(keep("err", "\n")),
      vi.spyOn(process.stdout, "write").mockImplementation(keep("out", "")),
      vi.spyOn(process.stderr, "write").mockImplementation(keep("err", "")),
    ];
    process.exitCode = undefined;
    try {
      const code = await main(args);
      return { code, ...written };
    } finally {
      for (const spy of spies) spy.mockRestore();
      for (const name of Object.keys(env)) delete process.env[name];
      Object.assign(process.env, before);
      process.exitCode = undefined;
    }
  };
  return (args: string[], input = ""): Promise<CliEnd> => {
    const end = last.then(() => run(args, input));
    last = end.catch(() => {});
    return end;
  };
}
