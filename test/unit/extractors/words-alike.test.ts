import { expect, it } from "vitest";
import { keyOf } from "../../../extractors/words.ts";

it.each([
  ["Harbour opens: 2 piers!", "harbouropens2piers"],
  ["Die „Große“ Brücke – für 3 ½ Mio. €", "diegroßebrückefür312mio"],
  ["ﬁve Ａ\u00a0e\u0301", "fiveaé"],
  ["𠮷野家 – 牛丼!", "𠮷野家牛丼"],
  ["नमस्ते, दुनिया", "नमस्तेदुनिया"],
  ["Fun 🎉 here", "funhere"],
  ["– … !", ""],
])("what is compared of %s is %s", (title, key) => {
  expect(keyOf(title)).toBe(key);
});
