import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { makePdf, setText } from "../../../demo/pdf.ts";
import { lockedPdf } from "../../helpers/pdf.ts";

const program = new URL("../../../bin/newsgather", import.meta.url).pathname;
const TEXT =
  "The city has switched on the first part of a heat network that takes its warmth from the sea. Twelve thousand homes along the quay are to be connected before the winter, the council said.";

test("a batch takes PDF files beside pages, packed or not; a locked one keeps its line", () => {
  const folder = mkdtempSync(join(tmpdir(), "newsgather-batch-"));
  try {
    const title = { text: "Harbour city opens its heat network", x: 60, y: 740, size: 24 };
    const pdf = makePdf([[title, ...setText(TEXT, 60, 670)]]);
    const files = {
      "a.pdf": pdf,
      "b.html.gz": gzipSync(pdf),
      "c.pdf": lockedPdf([[title]]),
    };
    const lines = Object.entries(files).map(([file, bytes]) => {
      writeFileSync(join(folder, file), bytes);
      return JSON.stringify({ id: file, url: `https://city.example/${file}`, file });
    });
    writeFileSync(join(folder, "in.jsonl"), lines.join("\n"));
    const out = join(folder, "out.jsonl");
    execFileSync(program, ["extract", "--batch", join(folder, "in.jsonl"), "-o", out]);
    const pages: Record<string, unknown>[] = readFileSync(out, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const read = { title: title.text, text: TEXT, language: "en" };
    expect(pages).toMatchObject([
      { id: "a.pdf", ...read },
      { id: "b.html.gz", ...read },
      { id: "c.pdf", title: null, text: null },
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
