import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { asOnlyWriter } from "../../../bin/only-writer.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-writer-"));
  vi.stubEnv("NEWSGATHER_DATA_DIR", join(folder, "data"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const done = () => Promise.resolve("done");

test("no two commands write one file at a time", async () => {
  const second = await asOnlyWriter(join(folder, "x.csv"), () =>
    asOnlyWriter(join(folder, "y", "..", "x.csv"), done).catch((error: unknown) => error),
  );
  expect(second).toMatchObject({ exit: 1, message: expect.stringMatching(/another command/) });
});

test("two commands write two files at a time", async () => {
  const second = asOnlyWriter(join(folder, "x.csv"), () =>
    asOnlyWriter(join(folder, "y.csv"), done),
  );
  expect(await second).toBe("done");
});

test("a file can be written again after a failure", async () => {
  const fail = () => Promise.reject(new Error("the disk is full"));
  await expect(asOnlyWriter(join(folder, "x.csv"), fail)).rejects.toThrow("the disk is full");
  expect(await asOnlyWriter(join(folder, "x.csv"), done)).toBe("done");
});

test("a command without a data folder that it can write goes on", async () => {
  writeFileSync(join(folder, "data"), "");
  expect(await asOnlyWriter(join(folder, "x.csv"), done)).toBe("done");
});
