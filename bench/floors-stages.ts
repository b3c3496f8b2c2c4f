import { ReleaseStack } from "../lib/async.ts";
import { openLineRounds } from "./floors/line-rounds.ts";
import type { Sample } from "./floors/median-costs.ts";
import { openPureRounds } from "./floors/pure-rounds.ts";

/**
 * Measures the `pure` or `line` stages in a separate process. For each message, runs a round and
 * replies with the samples.
 */
const stack = new ReleaseStack();
process.once("disconnect", () => void stack.close(20_000).then(() => process.exit()));
const round: () => Sample[] | Promise<Sample[]> =
  process.argv[2] === "line" ? await openLineRounds(stack) : await openPureRounds();

async function answer(): Promise<void> {
  process.send?.(await round());
}

process.on("message", () => {
  answer().catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
process.send?.("ready");
