import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findEngine } from "../../../services/database.ts";

const path = process.env["PATH"];
let folder: string;
let dataDir: string;

async function executable(file: string): Promise<void> {
  await mkdir(join(file, ".."), { recursive: true });
  await writeFile(file, "#!/bin/sh\n");
  await chmod(file, 0o755);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "newsgather-engine-"));
  dataDir = join(folder, "data");
  await executable(join(dataDir, "venv/bin/secantusd-py"));
});

afterEach(() => {
  process.env["PATH"] = path;
});

describe("findEngine", () => {
  it("takes what set-up installed, also from beside the folder", async () => {
    const secantusdb = { name: "secantusdb", command: join(dataDir, "venv/bin/secantusd-py") };
    expect(await findEngine(dataDir)).toMatchObject(secantusdb);
    expect(await findEngine(join(dataDir, "demo"))).toMatchObject(secantusdb);
  });

  it("prefers a mongod on PATH", async () => {
    await executable(join(folder, "bin/mongod"));
    process.env["PATH"] = `${folder}/bin:${path}`;
    expect(await findEngine(dataDir)).toEqual({
      name: "mongod",
      command: join(folder, "bin/mongod"),
      dir: join(dataDir, "mongodb"),
    });
  });

  it("keeps the engine whose data the folder holds", async () => {
    await executable(join(folder, "bin/mongod"));
    process.env["PATH"] = `${folder}/bin:${path}`;
    await mkdir(join(dataDir, "secantusdb"));
    expect((await findEngine(dataDir))?.name).toBe("secantusdb");
  });
});
