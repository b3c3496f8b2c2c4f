import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireTarget, type Target } from "../../../archive/export/target.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "newsgather-target-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

function check(name: string, overrides: Partial<Target> = {}) {
  const format = name.endsWith("jsonl") ? "jsonl" : name.endsWith("warc") ? "warc" : "parquet";
  return requireTarget({ format, output: at(name), resume: false, force: false, ...overrides });
}

const refusal = (message: RegExp) => ({ exit: 2, message: expect.stringMatching(message) });

function makeExport(name: string) {
  mkdirSync(at(name));
  writeFileSync(join(at(name), "_manifest.json"), "{}");
}

test("an export writes where nothing is", async () => {
  await expect(check("new.jsonl")).resolves.toBeUndefined();
  await expect(check("deep/er/new")).resolves.toBeUndefined();
});

test("standard output overwrites nothing", async () => {
  await expect(check("x.jsonl", { output: "-" })).resolves.toBeUndefined();
});

describe("an export overwrites nothing silently:", () => {
  test.each(["kept.jsonl", "kept.parquet", "kept.warc"])("%s", async (name) => {
    writeFileSync(at(name), "");
    await expect(check(name)).rejects.toMatchObject(refusal(/already exists.*--force/));
    await expect(check(name, { force: true })).resolves.toBeUndefined();
  });

  test("a file, where nothing was stopped that could go on", async () => {
    writeFileSync(at("kept.jsonl"), "");
    const answer = check("kept.jsonl", { resume: true });
    await expect(answer).rejects.toMatchObject(refusal(/already exists.*--force/));
  });

  test("a folder of an earlier export", async () => {
    makeExport("kept");
    await expect(check("kept")).rejects.toMatchObject(refusal(/already exists.*--force/));
    await expect(check("kept/")).rejects.toMatchObject(refusal(/already exists.*--force/));
    await expect(check("kept", { force: true })).resolves.toBeUndefined();
  });

  test("a folder of something else, whatever is said", async () => {
    mkdirSync(at("mine"));
    writeFileSync(at("mine/photo.jpg"), "");
    const force = { force: true };
    await expect(check("mine", force)).rejects.toMatchObject(refusal(/no manifest.*another/));
  });

  test("a folder in the place of a file", async () => {
    mkdirSync(at("empty.jsonl"));
    await expect(check("empty.jsonl")).rejects.toMatchObject(refusal(/is a folder: name a file/));
    await expect(check("empty.jsonl", { force: true })).rejects.toMatchObject(refusal(/a folder/));
  });

  test("a device", async () => {
    const output = "/dev/null";
    await expect(check("x", { output, force: true })).rejects.toMatchObject(refusal(/a file/));
  });
});

test("an empty folder is filled", async () => {
  mkdirSync(at("empty"));
  await expect(check("empty/")).resolves.toBeUndefined();
});

describe("an export that was stopped", () => {
  test.each([
    ["half.jsonl", "half.jsonl.part/progress.json"],
    ["half", "half.part/progress.json"],
    ["half.warc", "half.warc.progress.part"],
  ])("of %s is left unless --resume or --force is given", async (name, progress) => {
    if (progress.includes("/")) mkdirSync(at(`${name}.part`));
    writeFileSync(at(progress), "{}");
    await expect(check(name)).rejects.toMatchObject(refusal(/was stopped.*--resume.*--force/));
    await expect(check(name, { resume: true })).resolves.toBeUndefined();
    await expect(check(name, { force: true })).resolves.toBeUndefined();
    // It was stopped after --force, or after its file got its name.
    writeFileSync(at(name), "");
    await expect(check(name, { resume: true })).resolves.toBeUndefined();
  });

  test("can't go on in one file of Parquet", async () => {
    const answer = check("one.parquet", { resume: true });
    await expect(answer).rejects.toMatchObject(refusal(/can't be resumed.*name a folder/));
  });
});
