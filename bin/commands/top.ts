import { type Command, InvalidArgumentError } from "commander";
import { sleep } from "../../lib/time.ts";
import { type Status, withStatus } from "../read-status.ts";
import { topView } from "../top-view.ts";
import { stopSignal } from "../until-stopped.ts";

/** A screen of its own, and the way back. */
const ENTER = "\u001B[?1049h\u001B[?25l";
const LEAVE = "\u001B[?25h\u001B[?1049l";
const HOME = "\u001B[H\u001B[J";
/** What fits where the output is no terminal. */
const PAPER = { rows: 200, columns: 200 };

/** `newsgather top`: where things stand, again and again. */
export function register(program: Command): void {
  program
    .command("top")
    .description("watch queues, parts and sources of a running newsgather (Ctrl-C ends)")
    .option("--every <seconds>", "how often to look", toSeconds, 2)
    .action(({ every }: { every: number }) => top(every));
}

async function top(every: number): Promise<void> {
  const signal = stopSignal();
  const live = process.stdout.isTTY;
  const show = (view: string) => process.stdout.write(live ? HOME + view : `${view}\n`);
  const screen = () =>
    live ? { rows: process.stdout.rows - 1, columns: process.stdout.columns } : PAPER;
  const look = async (read: () => Promise<Status>) => {
    let before: Status | null = null;
    if (live) process.stdout.write(ENTER);
    while (!signal.aborted) {
      try {
        const status = await read();
        show(topView(status, before, screen()));
        before = status;
      } catch (error) {
        // A service that is being started again comes back.
        show(`no answer: ${error instanceof Error ? error.message : String(error)}`);
      }
      await sleep(every * 1000, signal);
    }
  };
  try {
    await withStatus(look);
  } finally {
    if (live) process.stdout.write(LEAVE);
  }
}

function toSeconds(value: string): number {
  const seconds = Number(value);
  if (!(seconds >= 0.5 && seconds <= 3600)) {
    throw new InvalidArgumentError("a number of seconds from 0.5 to 3600");
  }
  return seconds;
}
