import { expect, test } from "vitest";
import { fold } from "../../../../extractors/dom/node.ts";

test.each([
  ["zero-width space", "\u200b"],
  ["word joiner", "\u2060"],
  ["byte order mark", "\ufeff"],
  ["mark of direction", "\u200f"],
  ["soft hyphen", "\u00ad"],
])("a %s is dropped and separates no words", (_, sign) => {
  expect(fold(`har${sign}bour ${sign} opens${sign}`)).toBe("harbour opens");
});

test("white space of any kind and length is one space", () => {
  expect(fold("\n harbour\u00a0\t opens\ufeff")).toBe("harbour opens");
});
