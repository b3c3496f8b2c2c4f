import { expect, test } from "vitest";
import { latinDigits, normalized } from "../../../lib/text.ts";

test("A text is normalised", () => {
  expect(normalized("Ko\u0308ln", "NFC")).toBe("Köln");
});

test("Thirty marks on a letter stay", () => {
  const marked = `a${"\u0323".repeat(30)}`;
  expect(normalized(marked, "NFD")).toBe(marked);
});

test.each([0, 1, 17, 29, 30, 31, 59])(
  "More marks on a letter go, wherever they stand: %i",
  (at) => {
    const before = "x".repeat(at);
    const marks = (count: number) => "\u0323".repeat(count);
    expect(normalized(`${before}${marks(31)}y`, "NFD")).toBe(`${before}${marks(30)}y`);
    expect(normalized(`${before}${marks(90)}y`, "NFD")).toBe(`${before}${marks(30)}y`);
  },
);

test("Marks beyond the basic plane count as well", () => {
  const marks = (count: number) => "\u{1d165}".repeat(count);
  expect(normalized(`a${marks(40)}`, "NFD")).toBe(`a${marks(30)}`);
});

test.each([
  "arab",
  "arabext",
  "beng",
  "deva",
  "fullwide",
  "khmr",
  "mymr",
  "tamldec",
  "thai",
  "tibt",
])("The digits of %s become those of ASCII", (numberingSystem) => {
  const format = new Intl.NumberFormat("en", { numberingSystem, useGrouping: false });
  expect(latinDigits(`a ${format.format(9_876_543_210)} z`)).toBe("a 9876543210 z");
});

test("Digits beyond the basic plane stay, because replacing them would shift the text", () => {
  expect(latinDigits("\u{1d7ce}")).toBe("\u{1d7ce}");
});
