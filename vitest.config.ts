import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** The tests of a folder. `timeout` is a bound against a hang: far more than a test needs on a slow, busy machine. */
const project = (name: string, folder: string, timeout: number, options: object) => ({
  test: {
    name,
    include: [`test/${folder}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    // Processes stay for all their files: a file's imports cost more than most of its tests.
    isolate: false,
    // Left to itself, a heap grows as long as the machine has memory.
    execArgv: ["--max-old-space-size=320"],
    ...options,
  },
});

/** One database server for all files of a project; projects run one after another: their groups differ. */
const services = (groupOrder: number, maxWorkers: number) => ({
  globalSetup: "test/helpers/shared-database.ts",
  maxWorkers,
  sequence: { groupOrder },
});

export default defineConfig({
  test: {
    projects: [
      // As many files at once as there are cores: left to itself, vitest leaves one of two idle.
      project("unit", "unit", 60_000, { maxWorkers: availableParallelism() }),
      project("integration", "integration", 300_000, services(1, availableParallelism())),
      // A whole installation. As many workers as the others have, so that `--sequence.shuffle`, which makes one group of
      // all projects, works.
      project("e2e", "e2e", 300_000, services(2, availableParallelism())),
      // What takes minutes to prove, and what starts whole installations over and over. `npm run verify` and CI run it,
      // `npm test` doesn't.
      project("proofs", "proofs", 480_000, {
        ...services(3, availableParallelism()),
        exclude: ["test/proofs/installation/**"],
      }),
      project("installation", "proofs/installation", 480_000, {
        ...services(4, 1),
        isolate: true,
      }),
    ],
  },
});
