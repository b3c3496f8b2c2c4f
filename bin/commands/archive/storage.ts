import type { Command } from "@commander-js/extra-typings";
import { countTiers, readTierSizes } from "../../../store/archive/body-moves.ts";
import { allSourceIds } from "../../../store/archive/retention.ts";
import { countSourceDays } from "../../../store/sources/source-days.ts";
import { withOptions } from "../../options-of.ts";
import { showStatistic, withStatisticsOptions } from "./statistics.ts";

export function register(program: Command): void {
  const command = program.command("storage").option("--count", "count new responses first");
  withOptions(command, withStatisticsOptions)
    .description(
      "show the disk space that responses take up, by source or day (UTC); counted once an hour",
    )
    .action(({ count, ...options }) =>
      showStatistic("storage", options, async (store) => {
        if (!count) return readTierSizes(store);
        for (const id of await allSourceIds(store)) await countSourceDays(store, id, new Date());
        await countTiers(store);
        return readTierSizes(store);
      }),
    );
}
