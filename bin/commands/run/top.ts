import { type Command, InvalidArgumentError } from "@commander-js/extra-typings";
import { wrapped } from "../../../lib/text.ts";
import { sleep } from "../../../lib/time.ts";
import { plainTable, utc, utcOrNever } from "../../output.ts";
import { stopSignal } from "../../until-stopped.ts";
import { diskText, queueTable, type Status, withStatus } from "./status.ts";

const ENTER_ALTERNATE_SCREEN = "\u001B[?1049h\u001B[?25l";
const LEAVE_ALTERNATE_SCREEN = "\u001B[?25h\u001B[?1049l";
const CLEAR_SCREEN = "\u001B[H\u001B[J";
const DEFAULT_OUTPUT_SIZE = { rows: 200, columns: 200 };

export function register(program: Command): void {
  program
    .command("top")
    .description("watch queues, processes and sources of a running instance (Ctrl-C ends)")
    .option("--every <seconds>", "seconds between refreshes", toSeconds, 2)
    .action(({ every }) => top(every));
}

async function top(every: number): Promise<void> {
  const signal = stopSignal();
  const live = process.stdout.isTTY;
  const show = (view: string) => process.stdout.write(live ? CLEAR_SCREEN + view : `${view}\n`);
  const screen = () =>
    live ? { rows: process.stdout.rows - 1, columns: process.stdout.columns } : DEFAULT_OUTPUT_SIZE;
  const watchStatus = async (read: () => Promise<Status>) => {
    let before: Status | null = null;
    if (live) process.stdout.write(ENTER_ALTERNATE_SCREEN);
    while (!signal.aborted) {
      try {
        const status = await read();
        show(topView(status, before, screen()));
        before = status;
      } catch (error) {
        // A service that is being restarted will return.
        show(`no answer: ${error instanceof Error ? error.message : String(error)}`);
      }
      await sleep(every * 1000, signal);
    }
  };
  try {
    await withStatus(watchStatus);
  } finally {
    if (live) process.stdout.write(LEAVE_ALTERNATE_SCREEN);
  }
}

function toSeconds(value: string): number {
  const seconds = Number(value);
  if (!(seconds >= 0.5 && seconds <= 3600)) {
    throw new InvalidArgumentError("write a number of seconds from 0.5 to 3600");
  }
  return seconds;
}

/** Returns one frame of the live view, cut to `rows` lines of `columns` characters. */
export function topView(
  status: Status,
  before: Status | null,
  { rows, columns }: { rows: number; columns: number },
): string {
  const { processes } = status;
  const parts = processes.map(({ name, pid, restarts }) => [name, pid ?? "", restarts]);
  const partTable = plainTable(["part", "process", "restarts"], parts, { right: [1, 2] });
  const lines = [
    ...wrapped(headline(status, before), columns, "  "),
    // First, because a small terminal cuts off the end.
    ...processes.flatMap(({ name, problem }) => (problem ? [`! ${name}: ${problem}`] : [])),
    ...beside(queueTable(status, before).split("\n"), partTable.split("\n")),
    ...plainTable(["source", "last run", "next", "problem"], sources(status)).split("\n"),
  ];
  return lines
    .slice(0, rows)
    .map((line) => line.slice(0, columns))
    .join("\n");
}

function headline(status: Status, before: Status | null): string[] {
  const { head, pending } = status.stream;
  return [
    utc(status.at),
    `articles: ${status.articles}`,
    `changes a minute: ${perMinute(status, before)} (newest: ${head}; waiting: ${pending})`,
    `hosts paused after failures: ${status.openHosts.length}`,
    `dead letters: ${status.deadLinks}`,
    diskText(status.disk, "GB free"),
  ].filter((part) => part !== "");
}

function beside(left: string[], right: string[]): string[] {
  const [{ length: width } = ""] = left;
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    return `${(left[row] ?? "").padEnd(width)} ${right[row] ?? ""}`.trimEnd();
  });
}

function perMinute(status: Status, before: Status | null): number | string {
  if (!before) return "-";
  const minutes = (status.at.getTime() - before.at.getTime()) / 60_000;
  return Math.round((status.stream.head - before.stream.head) / minutes);
}

function sources(status: Status): string[][] {
  const rank = ({ running, problem }: Status["sources"][number]) =>
    running ? 0 : problem === null ? 2 : 1;
  const next = ({ nextDueAt }: Status["sources"][number]) => nextDueAt?.getTime() ?? Infinity;
  return status.sources
    .toSorted((a, b) => rank(a) - rank(b) || next(a) - next(b))
    .map(({ id, lastAttemptAt, nextDueAt, running, problem }) => [
      id,
      utcOrNever(lastAttemptAt),
      running ? "running" : utcOrNever(nextDueAt),
      problem ?? "",
    ]);
}
