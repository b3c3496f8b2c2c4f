import { Argument, type Command, Option } from "@commander-js/extra-typings";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { CommandError } from "../../../lib/exit.ts";
import { dayIn } from "../../../lib/time.ts";
import {
  STATISTIC_NAMES,
  STATISTICS,
  STATISTICS_ROWS,
  type StatisticName,
  type StatisticsColumn,
  StatisticsParams,
  type StatisticsTable,
  toStatisticsQuery,
} from "../../../model/publish/statistics.ts";
import type { TierSize } from "../../../store/archive/body-moves.ts";
import { rebuildStatistics } from "../../../store/statistics/count.ts";
import { readStatistic } from "../../../store/statistics/read.ts";
import type { Store } from "../../../store/store.ts";
import { figureCsv } from "../../../web/api/statistics.ts";
import type { OptionsOf } from "../../options-of.ts";
import { plainTable } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { dayOf } from "../../time.ts";

const REBUILD = "rebuild";

export function register(program: Command): void {
  withStatisticsOptions(program.command("statistics"))
    .description("show statistics of the archive over days (docs/analysts/index.md)")
    .addArgument(
      new Argument("[name]", "the statistic to show (default: list all statistics)").choices([
        ...STATISTIC_NAMES,
        REBUILD,
      ]),
    )
    .action((name, options) => {
      if (name === undefined) return list();
      return name === REBUILD ? rebuild() : showStatistic(name, options);
    });
}

function list(): void {
  console.log(plainTable(["statistic", "what it shows"], Object.entries(STATISTICS)));
}

async function rebuild(): Promise<void> {
  const { timezone } = loadConfig(processEnv());
  const now = () => new Date();
  const onDay = (day: string, days: number) => console.error(`${day}: ${days} days`);
  await onStore((store) => rebuildStatistics(store, { timezone, now, onDay }));
}

type StatisticsOptions = OptionsOf<typeof withStatisticsOptions>;

export function withStatisticsOptions(command: Command) {
  return command
    .option("--from <time>", "first day, e.g. 7d or 2026-11 (default: 29 days before the last day)")
    .option("--to <time>", "last day, included, e.g. yesterday (default: today)")
    .addOption(new Option("--rows <of>", "what each row represents").choices(STATISTICS_ROWS))
    .option(
      "--top <n>",
      "number of sources, values (such as topics) or pairs of sources to show",
      "50",
    )
    .option("--json", "print JSON")
    .option("--csv", "print CSV");
}

/** Prints a statistic, and the storage tiers if `readTiers` is given. */
export async function showStatistic(
  name: StatisticName,
  { json, csv, ...filters }: StatisticsOptions,
  readTiers?: (store: Store) => Promise<TierSize[]>,
): Promise<void> {
  const { from, to, ...others } = filters;
  const params = StatisticsParams.safeParse({
    ...others,
    ...(from !== undefined && { from: dayOf("--from", from, "first") }),
    ...(to !== undefined && { to: dayOf("--to", to, "last") }),
  });
  if (!params.success) {
    const [issue] = params.error.issues;
    throw new CommandError("usage", `--${issue?.path.join(".")}: ${issue?.message}`);
  }
  const { timezone } = loadConfig(processEnv());
  const query = toStatisticsQuery(name, params.data, dayIn(timezone, new Date()));
  const { tiers, table } = await onStore(async (store) => {
    const read = await readTiers?.(store);
    return { tiers: read, table: await readStatistic(store, query) };
  });
  if (json) console.log(JSON.stringify({ ...query, ...table, tiers }, null, 2));
  else if (csv) process.stdout.write(figureCsv(table));
  else {
    console.log(tableOf(table, `no data from ${query.from} to ${query.to}`));
    if (tiers) console.log(tiersText(tiers));
  }
}

function tiersText(tiers: readonly TierSize[]): string {
  const none =
    "the tiers aren't counted yet; they are counted once an hour, or at once with --count";
  const rows = tiers.map(({ tier, bodies, bytes }) => [
    tier,
    bodies ?? "",
    (bytes / 1e6).toFixed(2),
  ]);
  return plainTable(["tier", "bodies", "bytes, MB"], rows, { right: [1, 2], none });
}

function tableOf({ columns, rows }: StatisticsTable, none: string): string {
  const right = columns.flatMap(({ type }, n) => (type === "text" ? [] : [n]));
  return plainTable(
    columns.map(headOf),
    rows.map((row) => columns.map((column) => cellOf(column, row[column.name] ?? ""))),
    { right, none },
  );
}

function headOf({ name, type }: StatisticsColumn): string {
  if (type === "seconds") return `${name}, s`;
  return type === "bytes" ? `${name}, MB` : name;
}

function cellOf({ type }: StatisticsColumn, value: string | number): string | number {
  return type === "bytes" && typeof value === "number" ? (value / 1e6).toFixed(2) : value;
}
