import type { Command } from "commander";
import { allSourceIds } from "../../store/retention.ts";
import { countSourceDays } from "../../store/source-days.ts";
import type { Store } from "../../store/store.ts";
import { type FigureOptions, showFigure, withFigureOptions } from "../show-figure.ts";

/** `newsgather storage`: what responses took and take, by source or day. */
export function register(program: Command): void {
  const command = program
    .command("storage")
    .description("what responses took and take, by source or day (UTC); counted once an hour")
    .option("--count", "count what came since, first");
  withFigureOptions(command).action(({ count, ...options }: FigureOptions & { count?: true }) =>
    showFigure("storage", options, count && countAll),
  );
}

async function countAll(store: Store): Promise<void> {
  for (const id of await allSourceIds(store)) await countSourceDays(store, id, new Date());
}
