import { expect, test } from "vitest";
// @ts-expect-error a script without types
import * as prose from "../../../.ci/prose.mjs";

/** What is found in a text: line and reason. */
function reasons(text: string): string[] {
  const faults: { line: number; reason: string }[] = prose.findFaults(text);
  return faults.map(({ line, reason }) => `${line}: ${reason}`);
}

test("a word that the project has replaced is found with its line and what to say instead", () => {
  expect(reasons("Fine.\n\nThe operators' desk is told of it.")).toEqual([
    expect.stringContaining('3: "desk'),
    expect.stringContaining('3: "is told'),
  ]);
});

test("a sentence of more than forty words is found, and a long table and code are not", () => {
  const long = "some other word ".repeat(14);
  expect(reasons(`${long}.`)).toEqual([expect.stringContaining("more than 40 words")]);
  expect(reasons(`| ${"cell word | ".repeat(41)}\n\n\`\`\`sh\n${long}\n\`\`\``)).toEqual([]);
});

test("a word that is said twice is found", () => {
  expect(reasons("Read the the page.")).toEqual([expect.stringContaining("twice")]);
});

test("code and links may say anything", () => {
  expect(reasons("`the desk` and [this page](../desk.md) at https://desk.example/told")).toEqual(
    [],
  );
});
