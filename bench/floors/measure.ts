import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Measured } from "./judge.ts";
import { openPure } from "./pure.ts";
import { costsOf, type Sample } from "./quartile.ts";

const LINE = new URL("../floors-line.js", import.meta.url);
/**
 * V8 optimises the line's code after some hundred articles, and not in every process the same of it: what storing costs
 * then differs by half from one process to the next. Compiled once and never optimised it is steady from the first round.
 */
const STEADY = ["--no-opt", "--always-sparkplug"];

/** Measures by rounds. */
export interface Rounds {
  /** Runs one more; answers the costs as they are known so far. */
  next(): Promise<Measured>;
  close(): Promise<void>;
}

/** Opens rounds over all stages: those that are functions of a page here, those of the line in a process of its own. */
export async function openRounds(): Promise<Rounds> {
  const line = fork(LINE, { execArgv: STEADY });
  await answerOf(line);
  const pure = await openPure();
  const samples: Sample[] = [];
  return {
    async next() {
      line.send("round");
      samples.push(...((await answerOf(line)) as Sample[]));
      return { pure: pure(), line: costsOf(samples) };
    },
    async close() {
      const exited = once(line, "exit");
      line.disconnect();
      await exited;
    },
  };
}

async function answerOf(line: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const gone = once(line, "exit", { signal }).then(() => {
    throw new Error("the process that measures the line has ended");
  });
  try {
    const [answer] = await Promise.race([once(line, "message", { signal }), gone]);
    return answer;
  } finally {
    waiting.abort();
  }
}
