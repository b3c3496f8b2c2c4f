import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claimFile } from "../../../../bin/services/claim.ts";

const claimPath = () => {
  const folder = mkdtempSync(join(tmpdir(), "newsgather-claim-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, path: join(folder, "deep", "claim.json") };
};

test("one of many claimants gets a file, and another once it is released", async () => {
  const { path } = claimPath();
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimFile(path)));
  const [got, ...more] = claims.filter((claim) => claim !== null);
  expect(more).toEqual([]);
  await got?.release();
  const next = await claimFile(path);
  expect(next).not.toBeNull();
  expect(readdirSync(join(path, ".."))).toEqual(["claim.json"]);
});

test.each([
  ["of a process that is gone", { pid: process.pid, started: "long ago" }],
  ["of nobody", {}],
])("the claim %s is taken over", async (_, holder) => {
  const { folder } = claimPath();
  const path = join(folder, "claim.json");
  writeFileSync(path, JSON.stringify(holder));
  expect(await claimFile(path)).not.toBeNull();
});
