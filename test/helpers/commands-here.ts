import { vi } from "vitest";
import { main } from "../../bin/cli.ts";
import type { Store } from "../../store/store.ts";
import type { CliEnd } from "./cli.ts";

/** Runs commands on the database of a store in this process: no start of a process for each. One at a time. */
export function commandsOn({ client, db }: Store, env: Record<string, string> = {}) {
  Object.assign(process.env, {
    MONGODB_URI: `mongodb://${client.options.hosts.map(String).join()}/?directConnection=true`,
    REDIS_URL: "redis://127.0.0.1:1",
    NEWSGATHER_DB_NAME: db.databaseName,
    ...env,
  });
  // Each command listens for a closed standard output.
  process.stdout.setMaxListeners(0);
  return async (args: string[]): Promise<CliEnd> => {
    const written = { out: "", err: "" };
    const keep = (stream: "out" | "err", end: string) => (text: unknown) =>
      (written[stream] += `${String(text)}${end}`) !== "";
    const spies = [
      vi.spyOn(console, "log").mockImplementation(keep("out", "\n")),
      vi.spyOn(console, "error").mockImplementation(keep("err", "\n")),
      vi.spyOn(process.stdout, "write").mockImplementation(keep("out", "")),
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
}
