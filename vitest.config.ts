import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { isVerify } from "./test/helpers/size.ts";

/** One per core. By default, vitest leaves one core of two idle. */
const maxWorkers = availableParallelism();

/** `timeout` only ends tests that hang: no test needs so long, even on a slow, busy machine. */
const project = (name: string, folder: string, timeout: number, options: object = {}) => ({
  test: {
    name,
    include: [`test/${folder}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    maxWorkers,
    // Processes stay for all their files: a file's imports cost more than most of its tests.
    isolate: false,
    // Left to itself, a heap grows as long as the machine has memory.
    execArgv: ["--max-old-space-size=320"],
    ...options,
  },
});

/** One database server for all files of a project. */
const globalSetup = "test/helpers/shared-database.ts";

/** Projects that wait the most come first, so that no core waits for them at the end. */
const ORDER = ["integration", "unit"];

/** This file waits for minutes, so it starts before the files that run in parallel with it. */
const WAITS_LONGEST = "installation/faults.test.ts";

/** Runs one project's files before the next: a process restarts when it changes projects. */
class ByProject extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ project: { name }, moduleId }: TestSpecification) =>
      moduleId.endsWith(WAITS_LONGEST) ? -2 : ORDER.indexOf(name);
    // oxlint-disable-next-line unicorn/no-array-sort -- the sequencer's method, which returns a list of its own
    const byDuration = await super.sort(files);
    return byDuration.toSorted((a, b) => place(a) - place(b));
  }
}

const isShuffled = process.argv.some((arg) => arg.startsWith("--sequence.shuffle"));

export default defineConfig({
  test: {
    sequence: isShuffled ? {} : { sequencer: ByProject },
    projects: [
      project("unit", "unit", 60_000, { sequence: { groupOrder: 1 } }),
      project("integration", "integration", 300_000, {
        globalSetup,
        sequence: { groupOrder: 1 },
        // Its processes run beside databases, browsers and commands.
        execArgv: ["--max-old-space-size=272"],
      }),
      // A whole installation, which takes as much memory as all the others: it runs before them.
      project("e2e", "e2e", 300_000),
      // What takes minutes to prove, and what starts whole installations over and over. `npm run verify` and CI run it,
      // `npm test` doesn't.
      project("proofs", "proofs", 480_000, {
        globalSetup,
        sequence: { groupOrder: 2 },
        exclude: ["test/proofs/installation/**"],
      }),
      project("installation", "proofs/installation", 480_000, {
        globalSetup,
        sequence: { groupOrder: 3 },
        // The full form holds the times that are promised, for which an installation has the machine to itself.
        maxWorkers: isVerify ? 1 : maxWorkers,
        isolate: true,
      }),
    ],
  },
});
