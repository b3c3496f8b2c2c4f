import { type SampleWorld, startSampleWorld } from "../../bin/commands/run/sample-world.ts";

/** Starts a world of generated sites. `args` are the options of `bench/world/main.ts`. */
export function startScaledWorld(dir: string, args: string[]): Promise<SampleWorld> {
  return startSampleWorld(dir, args, "bench/world/main.js");
}
