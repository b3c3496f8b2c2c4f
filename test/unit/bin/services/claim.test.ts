import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { claimDataDir, DataDirInUse, findOwner } from "../../../../bin/services/claim.ts";
import { startedAt } from "../../../../bin/services/machine.ts";
import { testFolder } from "../../../helpers/folder.ts";

const urls = { mongoUrl: "mongodb://127.0.0.1:1", redisUrl: "redis://127.0.0.1:2" };

async function writeOwner(dataDir: string, pid: number, started: string) {
  await mkdir(join(dataDir, "run"), { recursive: true });
  const owner = { pid, started, mongoUrl: null, redisUrl: null };
  await writeFile(join(dataDir, "run/owner.json"), JSON.stringify(owner));
}

describe("claimDataDir", () => {
  it("refuses a folder that a living process has and names its pid", async () => {
    const dataDir = await testFolder();
    const other = spawn("sleep", ["30"]);
    const pid = other.pid ?? 0;
    await writeOwner(dataDir, pid, startedAt(pid) ?? "");
    await expect(claimDataDir(dataDir)).rejects.toThrow(`another Newsgather (pid ${pid})`);
    const ended = new Promise((resolve) => other.once("exit", resolve));
    other.kill();
    await ended;
    await (await claimDataDir(dataDir)).release();
  });

  it("takes over from a crashed process, even when its pid was given to another", async () => {
    const dataDir = await testFolder();
    await writeOwner(dataDir, process.pid, "1");
    const claim = await claimDataDir(dataDir);
    expect(findOwner(dataDir)?.pid).toBe(process.pid);
    await claim.release();
  });

  it("gives the folder to one of many that ask at once", async () => {
    const dataDir = await testFolder();
    const claims = await Promise.allSettled(Array.from({ length: 8 }, () => claimDataDir(dataDir)));
    expect(claims.filter((claim) => claim.status === "fulfilled")).toHaveLength(1);
    const reasons = claims.flatMap((claim) => (claim.status === "rejected" ? [claim.reason] : []));
    expect(reasons).toHaveLength(7);
    for (const reason of reasons) expect(reason).toBeInstanceOf(DataDirInUse);
  });

  it("tells others the addresses until it is released", async () => {
    const dataDir = await testFolder();
    expect(findOwner(dataDir)).toBeNull();
    const claim = await claimDataDir(dataDir);
    await claim.publish(urls);
    expect(findOwner(dataDir)).toMatchObject({ pid: process.pid, ...urls });
    await claim.release();
    expect(findOwner(dataDir)).toBeNull();
  });
});
