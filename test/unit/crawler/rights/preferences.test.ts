import { describe, expect, test } from "vitest";
import { readContentSignal, readContentUsage } from "../../../../crawler/rights/robots-usage.ts";
import type { Statement } from "../../../../model/usage-rights.ts";

const textsOf = (statements: Statement[]) => statements.map(({ text: said }) => said).join(", ");

describe("Content-Usage (draft-ietf-aipref-vocab-08)", () => {
  test.each([
    ["train-ai=y, search=n", "train-ai=y, search=n"],
    ["train-ai=n", "train-ai=n"],
    ["train-ai=n, ai-use=n, search=y", "train-ai=n, ai-use=n, search=y"],
    ['train-ai=y, train-ai, search=n, search="n"', ""],
    ["train-ai;allow=n, train-ai=y", "train-ai=y"],
    ['train-ai;has;parameters="?";', ""],
    ["train-ai=no", ""],
    ["TRAIN-AI=n", ""],
    ["train-ai=n,", ""],
    ["bots=n, train-genai=n", ""],
    ["train-ai=(n)", ""],
    ["", ""],
  ])("%s says %s", (text, said) => {
    expect(textsOf(readContentUsage(text))).toBe(said);
  });

  test("two headers are one dictionary, of which the last value counts", () => {
    expect(textsOf(readContentUsage("train-ai=n\ntrain-ai=y, search=n"))).toBe(
      "train-ai=y, search=n",
    );
  });

  test("a category denies or allows its use alone", () => {
    expect(readContentUsage("train-ai=n, ai-use=y")).toEqual([
      { format: "content-usage", text: "train-ai=n", denies: ["ai-train"] },
      { format: "content-usage", text: "ai-use=y", allows: ["ai-input"] },
    ]);
  });

  test("more text than any statement has says nothing", () => {
    expect(readContentUsage(`train-ai=n, ${"a".repeat(5000)}=y`)).toEqual([]);
  });
});

describe("Content-Signal (contentsignals.org)", () => {
  test.each([
    ["search=yes, ai-train=no", "search=yes, ai-train=no"],
    ["search=yes,ai-train=no,use=reference", "search=yes, ai-train=no, use=reference"],
    ["ai-train=yes, search=yes, ai-input=yes", "ai-train=yes, search=yes, ai-input=yes"],
    ["Search=YES", "search=yes"],
    ["search=maybe, train-ai=n, ai-train", ""],
    ["ai-train=no, ai-train=yes", "ai-train=no"],
    ["ai-train=yes, ai-train=no", "ai-train=no"],
    ["use=some, constructor=no", ""],
  ])("%s says %s", (text, said) => {
    expect(textsOf(readContentSignal(text))).toBe(said);
  });

  test("what may be referred to may be listed and analysed, not handed out, read aloud by a model or learnt", () => {
    const [statement] = readContentSignal("use=reference");
    expect(statement?.denies).toEqual(["full-text", "ai-input", "ai-train"]);
    expect(readContentSignal("use=full")[0]?.denies).toBeUndefined();
    expect(readContentSignal("use=immediate")[0]?.denies).toContain("search");
  });
});
