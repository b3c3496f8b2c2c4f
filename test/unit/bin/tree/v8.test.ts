import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const MB = 1024 * 1024;
/** A process that tells how large its own heap may be, and a thread's that may have 100 MB. */
const SCRIPT = `
  import { Worker } from "node:worker_threads";
  import { getHeapStatistics } from "node:v8";
  import { tuneV8 } from "${new URL("../../../../dist/bin/tree/v8.js", import.meta.url).href}";
  tuneV8();
  const code = \`
    import { getHeapStatistics } from "node:v8";
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage(getHeapStatistics().heap_size_limit);
  \`;
  const resourceLimits = { maxOldGenerationSizeMb: 100, maxYoungGenerationSizeMb: 6 };
  new Worker(code, { eval: true, resourceLimits }).on("message", (thread) => {
    console.log(JSON.stringify({ own: getHeapStatistics().heap_size_limit, thread }));
  });
`;

test("a thread has the heap that it is given, whatever its process was started with", async () => {
  const flags = ["--max-old-space-size=768", "--max-semi-space-size=32"];
  const args = [...flags, "--input-type=module", "--eval", SCRIPT];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stderr).toBe("");
  const { own, thread } = JSON.parse(stdout) as { own: number; thread: number };
  expect(own).toBeGreaterThan(768 * MB);
  expect(thread).toBeGreaterThan(100 * MB);
  expect(thread).toBeLessThan(150 * MB);
});
