import { connect } from "node:net";
import { beforeEach, describe, expect, test } from "vitest";
import { Broken, launch } from "../../../../bin/services/launch.ts";
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

function connectTo(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(void socket.destroy()));
    socket.once("error", reject);
  });
}

/** Starts a server that runs `script`, which knows its `port`. */
async function start(script: string, probe = connectTo, signal?: AbortSignal) {
  const port = await freePort();
  const dataDir = await testFolder();
  return launch({
    name: "cache",
    command: process.execPath,
    args: ["-e", `const port = ${port}; ${script}`],
    url: `cache://127.0.0.1:${port}`,
    port,
    dataDir,
    signature: [dataDir],
    probe: () => probe(port),
    startDeadline: MAX_IDLE_MS,
    ...(signal && { signal }),
    log,
  });
}

const WORK = `const end = Date.now() + ${MAX_IDLE_MS * 4}; while (Date.now() < end);`;
const LISTEN = 'require("node:net").createServer().listen(port, "127.0.0.1");';

describe("a server that takes longer than the time limit to start", () => {
  test("is waited for while it works, and the log says so", async () => {
    const service = await start(`${WORK} ${LISTEN}`);
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
    const idle = "setInterval(() => {}, 60_000);";
    await expect(start(idle)).rejects.toThrow(/^cache did not answer/);
  });

  test("is ended if the start is aborted", async () => {
    const stop = new AbortController();
    const reason = new Error("stopped");
    const probe = async (port: number) => {
      stop.abort(reason);
      return connectTo(port);
    };
    await expect(start(WORK, probe, stop.signal)).rejects.toBe(reason);
  });

  test("is asked ever less often, so that asking doesn't look like work", async () => {
    const since = performance.now();
    let asked = 0;
    const service = await start(`${WORK} ${LISTEN}`, (port) => {
      asked++;
      return connectTo(port);
    });
    expect(asked).toBeLessThan(((performance.now() - since) / 50) * 0.75);
    await service.stop();
  });

  test("is ended if it is broken, even if it works", async () => {
    const work =
      "setInterval(() => { const end = Date.now() + 20; while (Date.now() < end); }, 50);";
    const broken = new Broken("the storage engine has failed");
    const started = start(`${work} ${LISTEN}`, () => Promise.reject(broken));
    await expect(started).rejects.toMatchObject({
      message: expect.stringMatching(/^cache did not answer/),
      cause: broken,
    });
  });
});
