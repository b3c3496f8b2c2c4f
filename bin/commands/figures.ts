import { Argument, type Command } from "commander";
import { loadConfig, processEnv } from "../../config/env.ts";
import { FIGURES, type FigureName } from "../../model/publish/statistics.ts";
import { rebuildFigures } from "../../store/statistics/recount.ts";
import { onStore } from "../services/use.ts";
import { type FigureOptions, showFigure, withFigureOptions } from "../show-figure.ts";
import { plainTable } from "../table.ts";

const REBUILD = "rebuild";

/** `newsgather figures [NAME]`: what the archive comes to; `rebuild` counts it anew. */
export function register(program: Command): void {
  const names = Object.keys(FIGURES);
  const command = program
    .command("figures")
    .description("what the archive comes to over days, from counters (docs/analysts.md)")
    .addArgument(new Argument("[name]", "without: which there are").choices([...names, REBUILD]));
  withFigureOptions(command).action(
    (name: FigureName | typeof REBUILD | undefined, options: FigureOptions) => {
      if (name === undefined) return list();
      return name === REBUILD ? rebuild() : showFigure(name, options);
    },
  );
}

function list(): void {
  console.log(plainTable(["figure", "what it tells"], Object.entries(FIGURES)));
}

async function rebuild(): Promise<void> {
  const { timezone } = loadConfig(processEnv());
  const now = () => new Date();
  const onDay = (day: string, days: number) => console.error(`${day}: ${days} days`);
  await onStore((store) => rebuildFigures(store, { timezone, now, onDay }));
}
