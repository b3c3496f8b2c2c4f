import type { Command } from "commander";
import { countTiers, readTierSizes } from "../../../store/archive/body-moves.ts";
import { allSourceIds } from "../../../store/archive/retention.ts";
import { countSourceDays } from "../../../store/sources/source-days.ts";
import type { Store } from "../../../store/store.ts";
import { plainTable } from "../../output.ts";
import {
  type Beside,
  type StatisticsOptions,
  showStatistic,
  withStatisticsOptions,
} from "./statistics.ts";

export function register(program: Command): void {
  const command = program
    .command("storage")
    .description(
      "show the disk space that responses take up, by source or day (UTC); counted once an hour",
    )
    .option("--count", "count new responses first");
  withStatisticsOptions(command).action(
    ({ count, ...options }: StatisticsOptions & { count?: true }) =>
      showStatistic("storage", options, async (store) => {
        if (!count) return tiersOf(store);
        for (const id of await allSourceIds(store)) await countSourceDays(store, id, new Date());
        await countTiers(store);
        return tiersOf(store);
      }),
  );
}

async function tiersOf(store: Store): Promise<Beside> {
  const tiers = await readTierSizes(store);
  const hint =
    "the tiers aren't counted yet; they are counted once an hour, or at once with --count";
  if (tiers.length === 0) return { fields: { tiers }, lines: [hint] };
  const rows = tiers.map(({ tier, bodies, bytes }) => {
    return [tier, bodies ?? "", (bytes / 1e6).toFixed(2)];
  });
  const lines = [plainTable(["tier", "bodies", "bytes, MB"], rows, { right: [1, 2] })];
  return { fields: { tiers }, lines };
}
