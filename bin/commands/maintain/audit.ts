import type { Command } from "commander";
import type { AuditEntry } from "../../../model/operations/audit.ts";
import { readAudit } from "../../../store/operations/audit.ts";
import { soon } from "../../../store/queries.ts";
import type { Store } from "../../../store/store.ts";
import { wholeNumber } from "../../exit.ts";
import { plainTable, utc } from "../../output.ts";
import { printStored } from "../../stored-list.ts";
import { timeOf } from "../../time.ts";

export function register(program: Command): void {
  const audit = program
    .command("audit")
    .description("show who did what, when and why, latest first")
    .option("--limit <lines>", "number of entries", wholeNumber(1, 10_000), 50)
    .option("--since <time>", "only entries since a time, e.g. 7d")
    .option("--before <time>", "only entries before a time, e.g. yesterday");
  printStored(audit, read, tableOf);
}

async function read(
  store: Store,
  { limit, since, before }: { limit: number; since?: string; before?: string },
): Promise<AuditEntry[]> {
  const now = new Date();
  const until = before === undefined ? soon(now) : timeOf("--before", before, now);
  const from = since === undefined ? {} : { since: timeOf("--since", since, now) };
  return readAudit(store, { limit, before: until, ...from });
}

function tableOf(entries: AuditEntry[]): string {
  const rows = entries.map(({ at, actor, action, subject, reason, detail }) => {
    return [utc(at), actor, action, subject, detail ?? "", reason ?? ""];
  });
  const head = ["when (UTC)", "who", "what", "to what", "detail", "why"];
  return plainTable(head, rows, { none: "no entries" });
}
