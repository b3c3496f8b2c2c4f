import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const inOneLine = (text: string) => text.replace(/\s+/g, " ");

/** Documents of which each sentence that promises something has a test. */
const DOCUMENTS = [
  "SECURITY.md",
  "docs/engineers/faults.md",
  "docs/operators/data.md",
  "docs/publishing/editors.md",
];
/** A title is the whole of a string. */
const QUOTES = ['"', "'", "`"];

/** A row of test/fixtures/promises.md: words of a document, and the test that fails when they are no longer true; `-` if no test can show it. */
interface Promised {
  words: string;
  file: string;
  title: string;
}

function promisesOf(document: string): Promised[] {
  const part =
    read("test/fixtures/promises.md").split(`\n## ${document}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = part
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.includes("| words"));
  return rows.map((row) => {
    const [, words = "", file = "", title = ""] = row.split("|").map((cell) => cell.trim());
    return { words, file: file.replaceAll("`", ""), title };
  });
}

/** Paragraphs, rows and points of a document, each in one line. */
function blocksOf(document: string): string[] {
  const text = read(document).replace(/```[^]*?```|<!--[^]*?-->/g, "");
  const blocks = text.split(/\n\s*\n|\n(?=\| |- )/).map(inOneLine);
  const isHead = (block: string) => /^ ?(?:#|\| (?:threat|fault|data|state) )/.test(block);
  return blocks.filter((block) => /\w/.test(block) && !isHead(block));
}

describe.each(DOCUMENTS)("a promise of %s", (document) => {
  const promised = promisesOf(document);

  test("has the words that test/fixtures/promises.md names", () => {
    const text = inOneLine(read(document));
    expect(promised.filter(({ words }) => !text.includes(words))).toEqual([]);
  });

  test("has a test of exactly that title", () => {
    const missing = promised.filter(({ file, title }) => {
      if (file === "-") return title === "";
      const path = `test/${file}.test.ts`;
      if (!existsSync(new URL(path, root))) return true;
      const text = inOneLine(read(path));
      return !QUOTES.some((quote) => text.includes(quote + title + quote));
    });
    expect(missing).toEqual([]);
  });

  test("is in test/fixtures/promises.md, for each paragraph, row and point", () => {
    const silent = blocksOf(document).filter(
      (block) => !promised.some(({ words }) => block.includes(words)),
    );
    expect(silent).toEqual([]);
  });
});
