import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followInstance, readInstance, writeInstance } from "../../../bin/instance.ts";
import { testFolder } from "../../helpers/folder.ts";

const DEMO = { address: "http://127.0.0.1:3000", env: { NEWSGATHER_DB_NAME: "newsgather_demo" } };

let dataDir: string;
const before = { ...process.env };
beforeEach(async () => {
  dataDir = await testFolder();
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

const follow = (argv: string[], more: Record<string, string> = {}) =>
  followInstance(argv, { NEWSGATHER_DATA_DIR: dataDir, ...more });

describe("the instance of a data folder", () => {
  it("is known with its settings while its process lives", async () => {
    await writeInstance(dataDir, DEMO);
    expect(readInstance(dataDir)).toMatchObject(DEMO);
  });

  it("is unknown once its process is gone", async () => {
    await mkdir(join(dataDir, "run"));
    const gone = { pid: process.pid, started: "1", ...DEMO };
    await writeFile(join(dataDir, "run/settings.json"), JSON.stringify(gone));
    expect(readInstance(dataDir)).toBeNull();
  });

  it("is the demo's where only the demo runs", async () => {
    await writeInstance(join(dataDir, "demo"), DEMO);
    expect(follow(["status"])).toEqual(["status"]);
    expect(process.env["NEWSGATHER_DB_NAME"]).toBe("newsgather_demo");
  });

  it("is the folder's own where both run", async () => {
    await writeInstance(join(dataDir, "demo"), DEMO);
    await writeInstance(dataDir, { address: null, env: {} });
    follow(["status"]);
    expect(process.env["NEWSGATHER_DB_NAME"]).toBeUndefined();
  });

  it("is that of ./data where NEWSGATHER_DATA_DIR is empty", async () => {
    await writeInstance(join(dataDir, "data"), DEMO);
    const folder = process.cwd();
    process.chdir(dataDir);
    try {
      followInstance(["status"], { NEWSGATHER_DATA_DIR: "" });
    } finally {
      process.chdir(folder);
    }
    expect(process.env["NEWSGATHER_DB_NAME"]).toBe("newsgather_demo");
  });

  it.each(["start", "demo", "restore"])("is not asked for by %s", async (command) => {
    await writeInstance(join(dataDir, "demo"), DEMO);
    follow([command]);
    expect(process.env["NEWSGATHER_DB_NAME"]).toBeUndefined();
  });

  it("is not the demo's where MONGODB_URI names a database", async () => {
    await writeInstance(join(dataDir, "demo"), DEMO);
    follow(["status"], { MONGODB_URI: "mongodb://db.example" });
    expect(process.env["NEWSGATHER_DB_NAME"]).toBeUndefined();
  });
});

describe("--data", () => {
  it.each([
    [["--data", "x", "status", "--json"]],
    [["status", "--data", "x", "--json"]],
    [["status", "--data=x", "--json"]],
  ])("names the folder wherever it stands: %j", (argv) => {
    expect(follow(argv)).toEqual(["status", "--json"]);
    expect(process.env["NEWSGATHER_DATA_DIR"]).toBe(resolve("x"));
  });

  it("needs a folder", () => {
    expect(() => follow(["status", "--data"])).toThrow("--data needs a folder");
  });

  it("is an ordinary word after --", () => {
    expect(follow(["search", "--", "--data"])).toEqual(["search", "--", "--data"]);
  });
});
