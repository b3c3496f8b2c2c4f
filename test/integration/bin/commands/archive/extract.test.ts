import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { extractBatch } from "../../../../../bin/commands/archive/extract.ts";
import { CommandError } from "../../../../../lib/exit.ts";

const PAGES = new URL("../../../../fixtures/extractors/", import.meta.url);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "extract-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function list(lines: unknown[]): string {
  const file = join(folder, "in.jsonl");
  writeFileSync(file, `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  return file;
}

it("writes one line per page in the order of the list, from HTML and gzip", async () => {
  const names = ["agency-en", "news-zh", "portal-de"];
  for (const name of names) {
    const html = readFileSync(new URL(`${name}.html`, PAGES));
    writeFileSync(join(folder, `${name}.html.gz`), gzipSync(html));
  }
  const pages = names.map((id) => ({ id, url: `https://x.example/${id}`, file: `${id}.html.gz` }));
  const output = join(folder, "out.jsonl");
  const counts = await extractBatch(list(pages), output, { concurrency: 2 });
  const lines = readFileSync(output, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(counts).toEqual({ pages: 3, failed: 0 });
  expect(lines.map(({ id, language }) => [id, language])).toEqual([
    ["agency-en", "en"],
    ["news-zh", "zh"],
    ["portal-de", "de"],
  ]);
  expect(lines[0]).toMatchObject({
    title: "Port town opens its traffic data to residents",
    authors: ["Moira Kettle", "Tom Ashby"],
    published: "2025-03-04T09:15:00Z",
    image: "https://x.example/media/2025/quay.jpg",
    section: "Digital Town",
    tags: ["open data", "traffic"],
  });
});

it("keeps the line of a page that can't be read, with nothing in it", async () => {
  writeFileSync(join(folder, "ok.html"), readFileSync(new URL("thai.html", PAGES)));
  const output = join(folder, "out.jsonl");
  const pages = ["gone.html", "ok.html"].map((file) => ({
    id: file,
    url: "https://x.example/",
    file,
  }));
  expect(await extractBatch(list(pages), output)).toEqual({ pages: 2, failed: 1 });
  const [gone, ok] = readFileSync(output, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(gone).toMatchObject({ id: "gone.html", title: null, text: null, tags: null });
  expect(ok).toMatchObject({ id: "ok.html", language: "th", published: "2025-01-08" });
});

it("reads an entry that contains a Unicode line separator", async () => {
  writeFileSync(join(folder, "ok.html"), readFileSync(new URL("thai.html", PAGES)));
  const pages = [{ id: "Town\u2028hall", url: "https://x.example/", file: "ok.html" }];
  const counts = await extractBatch(list(pages), join(folder, "out.jsonl"));
  expect(counts).toEqual({ pages: 1, failed: 0 });
});

it("names file and line of an entry that isn't {id, url, file}", async () => {
  const input = list([{ id: "a", url: "https://x.example/", file: "gone.html" }, { id: 3 }]);
  await expect(extractBatch(input, join(folder, "out.jsonl"))).rejects.toThrow(`${input}:2: write`);
});

const OK = { id: "ok", url: "https://x.example/", file: "ok.html" };

it("names an output file that can't be opened", async () => {
  const ended = extractBatch(list([OK]), join(folder, "none", "out.jsonl"));
  await expect(ended).rejects.toThrow(CommandError);
  await expect(ended).rejects.toThrow(`${join(folder, "none", "out.jsonl")} can't be written`);
});

it.runIf(existsSync("/dev/full"))("ends if the disk is full", async () => {
  writeFileSync(join(folder, "ok.html"), readFileSync(new URL("thai.html", PAGES)));
  const pages = Array.from({ length: 12 }, () => OK);
  await expect(extractBatch(list(pages), "/dev/full", { concurrency: 1 })).rejects.toThrow(
    "ENOSPC",
  );
});
