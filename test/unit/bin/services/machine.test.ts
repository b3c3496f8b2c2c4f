import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import {
  endProcess,
  freePort,
  hasArguments,
  holdPort,
  isAlive,
  listensOn,
  startedAt,
  thisProcess,
} from "../../../../bin/services/machine.ts";

describe("processes", () => {
  it("are recognised by all of their arguments", async () => {
    const child = spawn("sleep", ["31.5"]);
    const pid = child.pid ?? 0;
    expect(hasArguments(pid, ["sleep", "31.5"])).toBe(true);
    expect(hasArguments(pid, ["31"])).toBe(false);
    const gone = once(child, "exit");
    await endProcess(pid, 20_000);
    expect((await gone)[1]).toBe("SIGTERM");
    expect(startedAt(pid)).toBeNull();
    expect(hasArguments(pid, ["sleep"])).toBe(false);
  });

  it("are killed when they don't heed SIGTERM in time", async () => {
    const child = spawn("sh", ["-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"]);
    await once(child.stdout, "data");
    const gone = once(child, "exit");
    await endProcess(child.pid ?? 0, 200);
    expect((await gone)[1]).toBe("SIGKILL");
  });
});

describe("without /proc", () => {
  const read = () => {
    throw new Error("ENOENT");
  };

  it("a process is recognised by its pid while it runs", async () => {
    expect(isAlive(thisProcess(read), read)).toBe(true);
    const child = spawn("sleep", ["30"]);
    const other = { pid: child.pid ?? 0, started: "" };
    expect(isAlive(other, read)).toBe(true);
    const gone = once(child, "exit");
    child.kill();
    await gone;
    expect(isAlive(other, read)).toBe(false);
  });

  it("a start time recorded elsewhere names no process here, nor the reverse", () => {
    expect(isAlive(thisProcess(), read)).toBe(false);
    expect(isAlive(thisProcess(read))).toBe(false);
  });
});

describe("listensOn", () => {
  it("tells our port from that of another process", async () => {
    const port = await freePort();
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    const child = spawn("sleep", ["30"]);
    expect(listensOn(process.pid, port)).toBe(true);
    expect(listensOn(child.pid ?? 0, port)).toBe(false);
    child.kill();
    server.close();
  });
});

describe("holdPort", () => {
  it("gives two that start at once different ports, which are free after `release`", async () => {
    const wanted = await freePort();
    const held = await Promise.all([holdPort(wanted), holdPort(wanted)]);
    expect(new Set(held.map(({ port }) => port)).size).toBe(2);
    expect(held.map(({ port }) => port)).toContain(wanted);
    for (const { port, release } of held) {
      release();
      const server = createServer().listen(port, "127.0.0.1");
      await once(server, "listening");
      server.close();
    }
  });
});

describe("freePort", () => {
  it("stays below the kernel's ephemeral ports", async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, freePort));
    expect(Math.max(...ports)).toBeLessThan(32_768);
    expect(Math.min(...ports)).toBeGreaterThan(1023);
  });
});
