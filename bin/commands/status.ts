import type { Command } from "commander";
import { withStatus } from "../read-status.ts";
import { statusTables } from "../status-tables.ts";

/** `newsgather status`: where things stand. */
export function register(program: Command): void {
  program
    .command("status")
    .description("show sources, queues and the stream of a running newsgather")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const status = await withStatus((read) => read());
      console.log(json ? JSON.stringify(status, null, 2) : statusTables(status));
    });
}
