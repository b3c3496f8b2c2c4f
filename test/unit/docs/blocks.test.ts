import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { Source } from "../../../model/sources/source.ts";
import { blocksOf, guidePages } from "../../helpers/code-blocks.ts";

const blocks = guidePages().flatMap(blocksOf);

test("a block of code that no test runs says why", () => {
  const programs = blocks.filter(({ language }) => ["js", "ts", "python"].includes(language));
  const silent = programs.filter(({ note }) => !/^(?:not run: |run by )./.test(note ?? ""));
  expect(silent.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  const named = programs.flatMap(({ note }) => /^run by (\S+)/.exec(note ?? "")?.[1] ?? []);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});

test("each source that a guide shows follows the schema", () => {
  const sources = blocks.filter(({ language, text }) => language === "yaml" && /^id:/m.test(text));
  expect(sources.length).toBeGreaterThan(0);
  const broken = sources.filter(({ text }) => !Source.safeParse(parse(text)).success);
  expect(broken.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
});
