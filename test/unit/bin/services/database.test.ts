import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findEngine } from "../../../../bin/services/database.ts";
import { testFolder } from "../../../helpers/folder.ts";

const path = process.env["PATH"];
let folder: string;
let dataDir: string;

async function executable(file: string): Promise<void> {
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, "#!/bin/sh\n");
  await chmod(file, 0o755);
}

async function writeData(dir: string): Promise<void> {
  await mkdir(join(dataDir, dir));
  await writeFile(join(dataDir, dir, "WiredTiger"), "");
}

beforeEach(async () => {
  folder = await testFolder();
  dataDir = join(folder, "data");
  await executable(join(dataDir, "venv/bin/secantusd-py"));
  // Whatever is installed here.
  process.env["PATH"] = `${folder}/bin`;
});

afterEach(() => {
  process.env["PATH"] = path;
});

/** Ignores what is installed for this checkout. */
const find = (dir: string) => findEngine(dir, dataDir);

describe("findEngine", () => {
  it("takes what set-up installed, also from beside the folder", async () => {
    const secantusdb = { name: "secantusdb", command: join(dataDir, "venv/bin/secantusd-py") };
    expect(await find(dataDir)).toMatchObject(secantusdb);
    expect(await find(join(dataDir, "demo"))).toMatchObject(secantusdb);
  });

  it("takes what set-up installed in its own folder for a folder elsewhere", async () => {
    const command = join(dataDir, "venv/bin/secantusd-py");
    expect(await find(join(folder, "a/b/c"))).toMatchObject({ command });
  });

  it("prefers a mongod on PATH", async () => {
    await executable(join(folder, "bin/mongod"));
    expect(await find(dataDir)).toEqual({
      name: "mongod",
      command: join(folder, "bin/mongod"),
      dir: join(dataDir, "mongodb"),
    });
  });

  it("prefers the compiled SecantusDB to the one in Python", async () => {
    const command = join(dataDir, "secantusdb-compiled/bin/secantusd-rs");
    await executable(command);
    expect(await find(dataDir)).toEqual({
      name: "secantusd-rs",
      command,
      dir: join(dataDir, "secantusd-rs"),
    });
  });

  it("keeps the engine whose data the folder holds", async () => {
    await executable(join(folder, "bin/mongod"));
    await writeData("secantusdb");
    expect((await find(dataDir))?.name).toBe("secantusdb");
  });

  it.each([
    ["mongodb", "secantusd-rs"],
    ["secantusd-rs", "mongod"],
  ])("doesn't take the empty folder %s for data", async (empty, name) => {
    await executable(join(folder, "bin/mongod"));
    await executable(join(folder, "bin/secantusd-rs"));
    await mkdir(join(dataDir, empty));
    await writeData(name === "mongod" ? "mongodb" : name);
    expect((await find(dataDir))?.name).toBe(name);
  });

  it("starts no other engine beside data whose engine isn't installed", async () => {
    await mkdir(join(dataDir, "secantusdb"));
    await writeData("mongodb");
    await expect(find(dataDir)).rejects.toThrow(/data of mongod, which isn't installed/);
  });

  it("starts another engine beside the empty folder of one that never started", async () => {
    await mkdir(join(dataDir, "mongodb"));
    expect((await find(dataDir))?.name).not.toBe("mongod");
  });
});
