import { vi } from "vitest";
import { main } from "../../bin/cli.ts";
import type { Store } from "../../store/store.ts";
import type { CliEnd } from "./cli.ts";

/** Runs commands on the database of a store in this process, one after the other: no start of a process for each. */
export function commandsOn({ client, db }: Store, env: Record<string, string> = {}) {
  Object.assign(process.env, {
    MONGODB_URI: `mongodb://${client.options.hosts.map(String).join()}/?directConnection=true`,
    REDIS_URL: "redis://127.0.0.1:1",
    NEWSGATHER_DB_NAME: db.databaseName,
    ...env,
  });
  // Each command listens for a closed standard output.
  process.stdout.setMaxListeners(0);
  const run = async (args: string[]): Promise<CliEnd> => {
    const written = { out: "", err: "" };
    const keep = (stream: "out" | "err", end: string) => (text: unknown) =>
      (written[stream] += `${String(text)}${end}`) !== "";
    const spies = [
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
      process.exitCode = undefined;
    }
  };
  let last: Promise<unknown> = Promise.resolve();
  return (args: string[]): Promise<CliEnd> => {
    const end = last.then(() => run(args));
    last = end.catch(() => {});
    return end;
  };
}
