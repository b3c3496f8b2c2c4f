import type { Command } from "@commander-js/extra-typings";
import type { AuditEntry } from "../../../model/operations/audit.ts";
import { readAudit } from "../../../store/operations/audit.ts";
import { soon } from "../../../store/queries.ts";
import { wholeNumber } from "../../exit.ts";
import { plainTable, print, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { timeOf } from "../../time.ts";

export function register(program: Command): void {
  program
    .command("audit")
    .description("show who did what, when and why, latest first")
    .option("--limit <lines>", "number of entries", wholeNumber(1, 10_000), 50)
    .option("--since <time>", "only entries since a time, e.g. 7d")
    .option("--before <time>", "only entries before a time, e.g. yesterday")
    .option("--json", "print JSON")
    .action(async ({ limit, since, before, json }) => {
      const now = new Date();
      const until = before === undefined ? soon(now) : timeOf("--before", before, now);
      const from = since === undefined ? {} : { since: timeOf("--since", since, now) };
      const range = { limit, before: until, ...from };
      print(await onStore((store) => readAudit(store, range)), json, tableOf);
    });
}

function tableOf(entries: AuditEntry[]): string {
  const rows = entries.map(({ at, actor, action, subject, reason, detail }) => [
    utc(at),
    actor,
    action,
    subject,
    detail ?? "",
    reason ?? "",
  ]);
  return plainTable(["when (UTC)", "who", "what", "to what", "detail", "why"], rows, {
    none: "no entries",
  });
}
