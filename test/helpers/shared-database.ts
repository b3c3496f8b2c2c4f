import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startDatabase } from "../../bin/services/database.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The database server that all test files of a project share. */
    databaseUrl: string;
    /** Its process; null if the tests didn't start it. */
    databasePid: number | null;
  }
}

const log = { debug() {}, info() {}, warn() {} };

/** Starts one database server for a whole project, unless `MONGODB_URI` names one, because a start takes seconds. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env["MONGODB_URI"];
  if (url) {
    project.provide("databaseUrl", url);
    project.provide("databasePid", null);
    return () => Promise.resolve();
  }
  const dataDir = await mkdtemp(join(tmpdir(), "newsgather-test-"));
  const service = await startDatabase({ dataDir, durable: false, log });
  project.provide("databaseUrl", service.url);
  project.provide("databasePid", service.pid);
  return async () => {
    await service.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
}
