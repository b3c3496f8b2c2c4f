import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** Returns an empty folder that exists for the duration of the current test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "newsgather-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
