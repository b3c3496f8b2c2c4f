import type { Command } from "commander";
import type { AuditEntry } from "../../model/audit.ts";
import { readAudit } from "../../store/audit.ts";
import { soon } from "../../store/latest.ts";
import { CommandError } from "../exit.ts";
import { onStore } from "../services.ts";
import { plainTable, utc } from "../table.ts";

/** `newsgather audit`: who did what, when and why. */
export function register(program: Command): void {
  program
    .command("audit")
    .description("show who did what, when and why, the latest first")
    .option("--limit <lines>", "how many", lines, 50)
    .option("--before <time>", "only what was before, e.g. 2026-11-25T12:00Z", time)
    .option("--json", "print JSON")
    .action(async ({ limit, before, json }: Options) => {
      const entries = await onStore((store) =>
        readAudit(store, { limit, before: before ?? soon(new Date()) }),
      );
      console.log(json ? JSON.stringify(entries, null, 2) : tableOf(entries));
    });
}

interface Options {
  limit: number;
  before?: Date;
  json?: true;
}

function lines(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 10_000) return count;
  throw new CommandError("usage", `--limit ${text}: give a whole number from 1 to 10000`);
}

function time(text: string): Date {
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at;
  throw new CommandError("usage", `--before ${text}: write a time such as 2026-11-25T12:00Z`);
}

function tableOf(entries: AuditEntry[]): string {
  const rows = entries.map(({ at, by, action, subject, reason, detail }) => [
    utc(at),
    by,
    action,
    subject,
    detail ?? "",
    reason ?? "",
  ]);
  return plainTable(["when (UTC)", "who", "what", "to what", "detail", "why"], rows, {
    none: "no entries",
  });
}
