import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Far more than any test needs: a bound against a hang, also on a slow machine under load. */
const project = (name: string, folders: string[], timeout: number, options: object) => ({
  test: {
    name,
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
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
      project("unit", ["unit"], 60_000, { maxWorkers: availableParallelism() }),
      // One file more than cores: they wait much of their time for the pace of a host, a process or a page.
      project(
        "integration",
        ["integration", "e2e"],
        300_000,
        services(1, availableParallelism() + 1),
      ),
      // What takes minutes to prove; `npm run verify` and CI run it, `npm test` doesn't. Faults and times are measured:
      // one file at once.
      project("proofs", ["proofs"], 480_000, { ...services(2, 1), isolate: true }),
    ],
  },
});
