import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "../../../bin/services/machine.ts";
import { newsgather } from "../../helpers/newsgather.ts";
import { kill, pidOfRole, processesOf } from "../../helpers/processes.ts";
import { startTree, type Tree } from "../../helpers/tree.ts";

let tree: Tree;
let probes: string;
beforeAll(async () => {
  probes = `127.0.0.1:${await freePort()}`;
  tree = await startTree([], {
    NEWSGATHER_STUCK_AFTER: "6s",
    NEWSGATHER_METRICS_LISTEN: probes,
  });
});
afterAll(() => tree?.close());

test("start without a source opens an empty portal that says what to do", async () => {
  const page = await (await fetch(tree.address)).text();
  expect(page).toMatch(/newsgather/i);
  expect((await fetch(`${tree.address}/readyz`)).status).toBe(200);
});

interface Status {
  processes: { name: string; pid: number; restarts: number; replaced: number; lastExit: string }[];
}

async function partNamed(name: string) {
  const status = newsgather(["status", "--json"], tree.place);
  expect(await status.ended()).toMatchObject({ code: 0 });
  return (JSON.parse(status.out()) as Status).processes.find((one) => one.name === name);
}

test("a process that no longer answers is replaced, counted, and its cause shown", async () => {
  const frozen = pidOfRole(tree.place.folder, "http");
  kill(frozen, "SIGSTOP");
  const replaced = { restarts: 1, replaced: 1, pid: expect.any(Number) };
  await vi.waitFor(async () => expect(await partNamed("http")).toMatchObject(replaced), {
    timeout: 60_000,
    interval: 1000,
  });
  expect(pidOfRole(tree.place.folder, "http")).not.toBe(frozen);
  expect((await partNamed("http"))?.lastExit).toMatch(/replaced: .* has not answered for \d+ s/);
  expect(await partNamed("redis")).toMatchObject({ restarts: 0, replaced: 0, lastExit: null });
  expect(tree.daemon.err()).toContain("the service is stuck; replacing it");
  const page = await (await fetch(`${tree.address}/admin/health`)).text();
  expect(page).toMatch(/http.*has not answered for/s);
  const metrics = await (await fetch(`${tree.address}/metrics`)).text();
  expect(metrics).toMatch(/newsgather_process_replacements_total\{process="http"[^}]*\} 1/);
});

test("worker processes are probed and measured at an address of their own", async () => {
  const get = (path: string) => fetch(`http://${probes}${path}`);
  await vi.waitFor(async () => expect((await get("/readyz")).status).toBe(200), {
    timeout: 30_000,
  });
  const says = async (pattern: RegExp) =>
    expect(await (await get("/metrics")).text()).toMatch(pattern);
  for (const role of ["scheduler", "http", "browser"]) {
    await vi.waitFor(() => says(new RegExp(`process_resident_memory_bytes{role="${role}"} \\d`)), {
      timeout: 30_000,
    });
  }
  await says(
    /newsgather_job_seconds_count\{(?=[^}]*queue="schedule")(?=[^}]*outcome="ok")[^}]*\} [1-9]/,
  );
});

test("hosts that fail and dead letters are listed; what isn't there is named", async () => {
  const say = async (...args: string[]) => {
    const command = newsgather(args, tree.place);
    const { code } = await command.ended();
    return { code, out: command.out().trim(), err: command.err() };
  };
  const [hosts, deadLetters, none] = await Promise.all([
    say("hosts"),
    say("dead-letters", "list"),
    say("hosts", "nowhere.example:80"),
  ]);
  expect(hosts).toMatchObject({ code: 0, out: "no host has answered yet" });
  expect(deadLetters).toMatchObject({ code: 0, out: "no dead letters" });
  expect(none.code).toBe(2);
  expect(none.err).toContain('there is no host "nowhere.example:80"');
});

test("so is a service that no longer answers", async () => {
  const before = await partNamed("redis");
  kill(before?.pid ?? 0, "SIGSTOP");
  await vi.waitFor(async () => expect((await partNamed("redis"))?.replaced).toBe(1), {
    timeout: 60_000,
    interval: 1000,
  });
  expect((await partNamed("redis"))?.lastExit).toMatch(/replaced: does not answer/);
});

test("it ends on SIGTERM, and nothing is left", async () => {
  process.kill(tree.daemon.pid, "SIGTERM");
  expect(await tree.daemon.ended(40_000)).toMatchObject({ code: 0 });
  await vi.waitFor(() => expect(processesOf(tree.place.folder)).toEqual([]), {
    timeout: 20_000,
    interval: 200,
  });
});
