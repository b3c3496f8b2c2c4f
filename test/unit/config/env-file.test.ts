import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readEnvFile } from "../../../config/env-file.ts";
import { INFO } from "../../../config/setting.ts";
import { Settings } from "../../../config/settings.ts";
import { testFolder } from "../../helpers/folder.ts";

test("paths in .env are relative to its folder, wherever a command runs", async () => {
  const folder = await testFolder();
  await writeFile(
    join(folder, ".env"),
    "NEWSGATHER_DATA_DIR=./data\nNEWSGATHER_SECRETS_DIR=/run/secrets\nNEWSGATHER_BODIES_DIR=\nNEWSGATHER_TICK=7s\nNEWSGATHER_HOSTS=@hosts.txt\n",
  );
  expect(readEnvFile(folder)).toEqual({
    NEWSGATHER_DATA_DIR: join(folder, "data"),
    NEWSGATHER_SECRETS_DIR: "/run/secrets",
    NEWSGATHER_BODIES_DIR: "",
    NEWSGATHER_TICK: "7s",
    NEWSGATHER_HOSTS: `@${join(folder, "hosts.txt")}`,
  });
});

test("every setting that holds a path is relative to the folder of .env", async () => {
  const folder = await testFolder();
  const paths = Object.entries(Settings.shape)
    .filter(([, schema]) => /^(?:a folder|a file|path of)\b/.test(INFO.get(schema)?.allowed ?? ""))
    .map(([name]) => name);
  expect(paths).toContain("NEWSGATHER_BODIES_DIR");
  await writeFile(join(folder, ".env"), paths.map((name) => `${name}=./x\n`).join(""));
  expect(readEnvFile(folder)).toEqual(
    Object.fromEntries(paths.map((name) => [name, join(folder, "x")])),
  );
});

test("a missing .env sets nothing", async () => {
  expect(readEnvFile(await testFolder())).toEqual({});
});
