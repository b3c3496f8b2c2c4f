import { describe, expect, test } from "vitest";
import { diffText } from "../../../../web/api/revisions.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";
import { randomLetters, repeated } from "../../../helpers/worst-inputs.ts";

const of = (text: string) => ({ title: "T", text });
const letters = randomLetters(96_000, 3);

describe("texts that are made to be slow to compare take milliseconds", () => {
  /** CPU ms that a comparison on a main thread may take: twenty times what it does. */
  const MOST = 400;
  const words = letters.replaceAll(/.{5}/g, "$& ");
  const changed = words.replaceAll(/(\w)(\w+ \w+ )/g, "Q$2");
  const inParagraphs = (text: string, size: number) =>
    text.slice(0, 90_000).replaceAll(new RegExp(`.{${size}}`, "g"), "$&\n\n");

  test.each<[string, string, string]>([
    ["4,000 paragraphs", inParagraphs(words, 24), inParagraphs(changed, 24)],
    ["1,500 paragraphs", inParagraphs(letters, 60), inParagraphs(words, 60)],
    ["paragraphs of 3,000 words", inParagraphs(words, 18_000), inParagraphs(changed, 18_000)],
    ["one long word", letters.slice(0, 40_000), letters.slice(40_000, 80_000)],
    ["one paragraph in place of many", words.slice(0, 50_000), inParagraphs(changed, 50)],
    ["4 MB", repeated("one two\n\n", 4e6), repeated("one three\n\n", 4e6)],
  ])("%s", async (_, before, after) => {
    expect(await leastCpuOf(() => diffText(of(before), of(after)), MOST)).toBeLessThan(MOST);
  });
});

test("a long text in which little differs is compared by word", () => {
  const paragraphs = Array.from({ length: 400 }, (_, n) => `Paragraph ${n} of a long text.`);
  const before = paragraphs.join("\n\n");
  const after = before.replace("Paragraph 200 of", "Paragraph 200 in");
  const found = diffText(of(before), of(after)).paragraphs ?? [];
  expect(found).toHaveLength(400);
  expect(found.filter(({ kind }) => kind !== "same")).toEqual([
    {
      kind: "changed",
      pieces: [
        { kind: "same", text: "Paragraph 200 " },
        { kind: "removed", text: "of" },
        { kind: "added", text: "in" },
        { kind: "same", text: " a long text." },
      ],
    },
  ]);
});

test("texts that are too long to be compared aren't", () => {
  expect(diffText(of(letters.repeat(2)), of("Short.")).paragraphs).toBeNull();
});
