import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder that is there for as long as the test that asks for it. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "newsgather-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
