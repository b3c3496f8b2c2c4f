import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Measured } from "./judge.ts";
import { costsOf, type Sample } from "./median-costs.ts";

const STAGES_SCRIPT = new URL("../floors-stages.js", import.meta.url);
/**
 * V8 optimises the pipeline's code after a few hundred articles, and differently in each process,
 * so that the cost of storing varies by half. With these flags, V8 compiles the code once and never
 * optimises it, so that the cost is steady from the first round.
 */
const STEADY_FLAGS = ["--no-opt", "--always-sparkplug"];
/** After these, V8 has compiled the pure functions. */
const WARM_UP_ROUNDS = 8;

/**
 * Number of rounds of the pure stages before each round of the pipeline. They are several times as
 * fast as the pipeline.
 */
const PURE_ROUNDS = 3;

export type Samples = Record<keyof Measured, Sample[]>;

/**
 * Measures the pure stages and the pipeline's stages in separate processes. Adds each round's
 * samples to `samples`, and yields the costs so far.
 */
export async function* measure(samples: Samples, most: number): AsyncGenerator<Measured> {
  const pure = fork(STAGES_SCRIPT, ["pure"]);
  const line = fork(STAGES_SCRIPT, ["line"], { execArgv: STEADY_FLAGS });
  try {
    await Promise.all([answerOf(pure), answerOf(line)]);
    for (let n = 0; n < WARM_UP_ROUNDS; n++) await roundOf(pure);
    for (let round = 0; round < most; round++) {
      for (let n = 0; n < PURE_ROUNDS; n++) samples.pure.push(...(await roundOf(pure)));
      samples.line.push(...(await roundOf(line)));
      yield { pure: costsOf(samples.pure), line: costsOf(samples.line) };
    }
  } finally {
    await Promise.all([end(pure), end(line)]);
  }
}

async function roundOf(stages: ChildProcess): Promise<Sample[]> {
  stages.send("round");
  return (await answerOf(stages)) as Sample[];
}

async function end(stages: ChildProcess): Promise<void> {
  if (stages.exitCode !== null) return;
  const exited = once(stages, "exit");
  stages.disconnect();
  await exited;
}

async function answerOf(stages: ChildProcess): Promise<unknown> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const gone = once(stages, "exit", { signal }).then(() => {
    throw new Error("a process that measures stages has ended");
  });
  try {
    const [answer] = await Promise.race([once(stages, "message", { signal }), gone]);
    return answer;
  } finally {
    waiting.abort();
  }
}
