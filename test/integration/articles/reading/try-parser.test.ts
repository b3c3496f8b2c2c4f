import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { createParser, type Parser, tryParser } from "../../../../articles/reading/parser.ts";

let dir: string;
const parsers: Parser[] = [];
const opened = (...options: Parameters<typeof createParser>) => {
  const parser = createParser(...options);
  parsers.push(parser);
  return parser;
};
const threadOf = async (name: string, code: string) => {
  const file = join(dir, `${name}.mjs`);
  await writeFile(file, code);
  return pathToFileURL(file);
};
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "newsgather-threads-"));
});
afterAll(async () => {
  await Promise.all(parsers.map((parser) => parser.close()));
  await rm(dir, { recursive: true });
});

test("A parser that reads an article passes", async () => {
  await expect(tryParser(opened(1, []))).resolves.toBeUndefined();
});

test("A parser that fails is refused with what to do", async () => {
  const lacking = await threadOf(
    "lacking",
    `export default () => { throw new Error("no gazetteer.br") }`,
  );
  await expect(tryParser(opened(1, [], { thread: lacking }))).rejects.toThrow(
    /no gazetteer\.br.*install Newsgather again/,
  );
});

test("A parser that finds no article is refused", async () => {
  const blind = await threadOf("blind", "export default () => ({ article: null })");
  await expect(tryParser(opened(1, [], { thread: blind }))).rejects.toThrow(/found no article/);
});

test("A parser that is slow passes", async () => {
  const slow = await threadOf(
    "slow",
    "export default ({ begun }) => { Atomics.store(begun, 0, 1); return new Promise(() => {}) }",
  );
  const parser = opened(1, [], { thread: slow, deadline: 300 });
  await expect(tryParser(parser)).resolves.toBeUndefined();
});

test("A closed parser starts no thread, even if one that was too slow ends later", async () => {
  const threads: Worker[] = [];
  const onThread = (thread: Worker) => threads.push(thread);
  process.on("worker", onThread);
  onTestFinished(() => void process.off("worker", onThread));
  const stuck = await threadOf(
    "stuck",
    `import { execFileSync } from "node:child_process";
    export default ({ begun }) => { Atomics.store(begun, 0, 1); execFileSync("sleep", ["2"]) }`,
  );
  const parser = opened(1, [], { thread: stuck, deadline: 300 });
  await tryParser(parser);
  const [slow] = threads;
  const ended = slow && once(slow, "exit");
  await parser.close();
  await ended;
  expect(threads).toHaveLength(2);
});
