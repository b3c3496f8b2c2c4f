import { Argument, type Command, Option } from "commander";
import { loadConfig, processEnv } from "../../config/env.ts";
import { dayIn } from "../../lib/time.ts";
import { FigureWish, figureQuery } from "../../model/figure-query.ts";
import {
  FIGURE_ROWS,
  FIGURES,
  type FigureName,
  type FigureTable,
} from "../../model/figure-table.ts";
import { figureCsv } from "../../publish/figures/csv.ts";
import { readFigure } from "../../store/figures/read.ts";
import { rebuildFigures } from "../../store/figures/rebuild.ts";
import { CommandError } from "../exit.ts";
import { problemsAreUsage } from "../problem.ts";
import { onStore } from "../services.ts";
import { plainTable } from "../table.ts";

interface Options {
  from?: string;
  to?: string;
  rows?: string;
  top?: string;
  json?: true;
  csv?: true;
}

const REBUILD = "rebuild";

/** `newsgather figures [NAME]`: what the archive comes to; `rebuild` counts it anew. */
export function register(program: Command): void {
  const names = Object.keys(FIGURES);
  program
    .command("figures")
    .description("volume, latency, coverage and flows over days, from counters (docs/analysts.md)")
    .addArgument(new Argument("[name]", "without: which there are").choices([...names, REBUILD]))
    .option("--from <day>", "first day, in the portal's time zone; without: 30 days")
    .option("--to <day>", "last day, itself included; without: today")
    .addOption(new Option("--rows <of>", "what a row is of").choices(FIGURE_ROWS))
    .option("--top <n>", "sources, keys or pairs at most", "50")
    .option("--json", "print JSON")
    .option("--csv", "print CSV")
    .action((name: FigureName | typeof REBUILD | undefined, options: Options) => {
      if (name === undefined) return list();
      return name === REBUILD ? rebuild() : show(name, options);
    });
}

function list(): void {
  console.log(plainTable(["figure", "what it tells"], Object.entries(FIGURES)));
}

async function show(name: FigureName, { json, csv, ...given }: Options): Promise<void> {
  const wish = FigureWish.safeParse(given);
  if (!wish.success) {
    const [issue] = wish.error.issues;
    throw new CommandError("usage", `--${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { timezone } = loadConfig(processEnv());
  await problemsAreUsage(async () => {
    const query = figureQuery(name, wish.data, dayIn(timezone, new Date()));
    const table = await onStore((store) => readFigure(store, query));
    if (json) console.log(JSON.stringify({ ...query, ...table }, null, 2));
    else if (csv) process.stdout.write(figureCsv(table));
    else console.log(tableOf(table));
  });
}

function tableOf({ columns, rows }: FigureTable): string {
  const right = columns.flatMap(({ type }, n) => (type === "text" ? [] : [n]));
  const cells = rows.map((row) => columns.map(({ name }) => row[name] ?? ""));
  return plainTable(
    columns.map(({ name, type }) => (type === "seconds" ? `${name}, s` : name)),
    cells,
    { right },
  );
}

async function rebuild(): Promise<void> {
  const { timezone } = loadConfig(processEnv());
  const now = () => new Date();
  const onDay = (day: string, days: number) => console.error(`${day}: ${days} days`);
  await onStore((store) => rebuildFigures(store, { timezone, now, onDay }));
}
