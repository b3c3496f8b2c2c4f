import { connect } from "node:net";
import { beforeEach, describe, expect, test } from "vitest";
import { launch } from "../../../../bin/services/launch.ts";
import { freePort, startedAt } from "../../../../bin/services/machine.ts";
import type { Log } from "../../../../bin/services/supervise.ts";
import { testFolder } from "../../../helpers/folder.ts";

const MAX_IDLE_MS = 500;

let logged: { message: string; pid?: number }[];
const note = (fields: object, message: string) => void logged.push({ ...fields, message });
const log: Log = { debug: () => {}, info: note, warn: note };
beforeEach(() => {
  logged = [];
});

/** Starts a server that runs `script`, which knows its `port`. */
async function start(script: string) {
  const port = await freePort();
  const dataDir = await testFolder();
  const probe = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => resolve(void socket.destroy()));
      socket.once("error", reject);
    });
  return launch({
    name: "cache",
    command: process.execPath,
    args: ["-e", `const port = ${port}; ${script}`],
    url: `cache://127.0.0.1:${port}`,
    port,
    dataDir,
    signature: [dataDir],
    probe,
    startDeadline: MAX_IDLE_MS,
    log,
  });
}

const LISTEN = 'require("node:net").createServer().listen(port, "127.0.0.1");';

describe("a server that takes longer than the time limit to start", () => {
  test("is waited for while it works, and the log says so", async () => {
    const work = `const end = Date.now() + ${MAX_IDLE_MS * 4}; while (Date.now() < end);`;
    const service = await start(`${work} ${LISTEN}`);
    expect(startedAt(service.pid)).not.toBeNull();
    expect(logged).toContainEqual(
      expect.objectContaining({
        message: "the service is still starting",
        service: "cache",
        pid: service.pid,
        why: expect.stringContaining("ECONNREFUSED"),
      }),
    );
    await service.stop();
  });

  test("is ended if it does nothing", async () => {
    const sleep = `setTimeout(() => { ${LISTEN} }, 60_000);`;
    await expect(start(sleep)).rejects.toThrow(/^cache did not answer/);
  });
});
