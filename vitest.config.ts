import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const project = (name: string, timeout: number, options: object = {}) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    ...options,
  },
});

/** One database server for all files of a project; projects one after another: their groups differ. */
const services = (groupOrder: number, maxWorkers: number) => ({
  globalSetup: "test/helpers/shared-database.ts",
  maxWorkers,
  sequence: { groupOrder },
});

export default defineConfig({
  test: {
    // Times are bounds against a hang: a slow machine under load has to keep well within them.
    projects: [
      // As many files at once as there are cores (left to itself, vitest leaves one of two idle), in processes that stay:
      // what is pure keeps nothing, and a file's imports cost more than most of its tests.
      project("unit", 20_000, { maxWorkers: availableParallelism(), isolate: false }),
      // Two files at once, in processes that stay as well: much of their time is spent waiting, and each keeps to itself by name.
      project("integration", 180_000, { ...services(1, 2), isolate: false }),
      // They start whole installations.
      project("e2e", 480_000, services(2, 1)),
      // What takes minutes to prove: `npm run verify` and CI run it, `npm test` doesn't.
      project("proofs", 480_000, services(3, 1)),
    ],
  },
});
