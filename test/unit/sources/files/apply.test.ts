import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeFile } from "../../../../sources/files/apply.ts";
import { testFolder } from "../../../helpers/folder.ts";

test("of several changes of a file at the same moment, the one that succeeds is in it", async () => {
  const folder = await testFolder();
  const file = join(folder, "cities.yaml");
  await writeFile(file, "name: Cities");
  const names = ["name: Towns", "name: Villages", "name: Hamlets"];
  const refusals = await Promise.all(names.map((name) => placeFile(file, name, "name: Cities")));
  const text = await readFile(file, "utf8");
  expect(names.filter((_, index) => refusals[index] === null)).toEqual([text]);
  expect(await readdir(folder)).toEqual(["cities.yaml"]);
});

test("a file with other content than expected stays as it is", async () => {
  const folder = await testFolder();
  const file = join(folder, "cities.yaml");
  await writeFile(file, "name: Towns");
  expect(await placeFile(file, "name: Villages", "name: Cities")).toContain("other content");
  expect(await readdir(folder)).toEqual(["cities.yaml"]);
});

test("a draft whose writer was killed keeps nobody from changing the file", async () => {
  const folder = await testFolder();
  const file = join(folder, "cities.yaml");
  await writeFile(`${file}.draft`, "name: Ci");
  await utimes(`${file}.draft`, 0, 0);
  expect(await placeFile(file, "name: Cities")).toBeNull();
  expect(await readFile(file, "utf8")).toBe("name: Cities");
});
