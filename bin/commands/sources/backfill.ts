import type { Command } from "@commander-js/extra-typings";
import { utcDay } from "../../../lib/time.ts";
import { wakeHosts } from "../../../store/crawl/hosts.ts";
import { linksByReason, reviveLinks } from "../../../store/crawl/links.ts";
import { addRuns, newRun } from "../../../store/crawl/runs.ts";
import type { Store } from "../../../store/store.ts";
import { sourceNamed } from "../../known.ts";
import { onStore } from "../../services/use.ts";
import { timeOf } from "../../time.ts";

const DEFAULT_BATCH_SIZE = 500;

export function register(program: Command): void {
  program
    .command("backfill")
    .description("fetch articles that a source's first run skipped as too old")
    .argument("<id>", "source")
    .requiredOption("--since <time>", "a date such as 2026-01-31, or a duration such as 90d")
    .action(async (id, { since }) => {
      const from = timeOf("--since", since, new Date());
      const count = await onStore((store) => backfill(store, id, from));
      if (count > 0) return console.log(`links of ${id} that are due now: ${count}`);
      console.log(
        `nothing to fetch: no article that ${id} skipped as too old is dated ${utcDay(from)} or later`,
      );
    });
}

/**
 * Revives links that a source skipped as too old: those dated `from` or later, and undated links.
 * Returns the number of revived links.
 */
export async function backfill(
  store: Store,
  id: string,
  from: Date,
  size = DEFAULT_BATCH_SIZE,
): Promise<number> {
  const source = await sourceNamed(store, id);
  const now = new Date();
  const runId = `${id}-backfill-${now.getTime().toString(36)}`;
  const run = newRun(source, { _id: runId, trigger: "backfill", startedAt: now });
  let count = 0;
  for await (const old of linksByReason(store, id, "too-old", size)) {
    const wanted = old.filter(({ hints }) => !hints.publishedAt || hints.publishedAt >= from);
    if (wanted.length === 0) continue;
    if (count === 0) await addRuns(store, [run]);
    const revived = wanted.map(({ _id }) => ({ id: _id, runId, dueAt: now }));
    await reviveLinks(store, revived);
    const turns = wanted.map(({ host, lane }) => ({ host, lane, at: now }));
    const turnsByLane = new Map(turns.map((turn) => [`${turn.host} ${turn.lane}`, turn]));
    await wakeHosts(store, [...turnsByLane.values()]);
    count += wanted.length;
  }
  return count;
}
