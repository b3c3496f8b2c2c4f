import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReleaseStack } from "../lib/stack.ts";
import { cpuOf } from "../test/helpers/cpu.ts";
import { openPieces } from "./floors/in-pieces.ts";
import { lineParts } from "./floors/line.ts";
import type { Sample } from "./floors/quartile.ts";
import { HOSTS, openScene } from "./floors/scene.ts";

/** A process of its own that measures the stages of the line: for each message a round, answered with its samples. */
const stack = new ReleaseStack();
const dir = await mkdtemp(join(tmpdir(), "newsgather-floors-"));
stack.add("folder", () => rm(dir, { recursive: true, force: true }));
process.once("disconnect", () => void stack.close(20_000).then(() => process.exit()));
const scene = await openScene(dir, stack);
const pieces = await openPieces(scene.redisUrl, stack);
const parts = lineParts(scene, stack);

async function round(): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const { stage, prepare, run } of parts) {
    await prepare?.();
    const before = await cpuOf(pieces);
    const ms = (await cpuOf(run)) / HOSTS;
    const calibration = (before + (await cpuOf(pieces))) / 2;
    samples.push({ stage, ms, calibration });
  }
  return samples;
}

process.on("message", () => {
  round().then(
    (samples) => process.send?.(samples),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.("ready");
