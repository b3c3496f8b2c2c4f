import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ReleaseStack } from "../../lib/async.ts";
import { cpuOfAllThreads } from "../../test/helpers/cpu.ts";
import { openPieces } from "./in-pieces.ts";
import { lineParts } from "./line.ts";
import type { Sample } from "./median-costs.ts";
import { HOST_COUNT, openScene } from "./scene.ts";

/**
 * Starts services and sites, which `stack` closes. Returns a function that uses them to measure one
 * round of the pipeline's stages.
 */
export async function openLineRounds(stack: ReleaseStack): Promise<() => Promise<Sample[]>> {
  const dir = await mkdtemp(join(tmpdir(), "newsgather-floors-"));
  stack.add("folder", () => rm(dir, { recursive: true, force: true }));
  const scene = await openScene(dir, stack);
  const pieces = await openPieces(scene.redisUrl, stack);
  const parts = lineParts(scene, stack);
  return async () => {
    const samples: Sample[] = [];
    for (const { stage, prepare, run } of parts) {
      await prepare?.();
      const before = await cpuOfAllThreads(pieces);
      const ms = (await cpuOfAllThreads(run)) / HOST_COUNT;
      const calibration = (before + (await cpuOfAllThreads(pieces))) / 2;
      samples.push({ stage, ms, calibration });
    }
    return samples;
  };
}
