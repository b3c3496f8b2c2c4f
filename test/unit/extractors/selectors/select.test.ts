import { expect, it } from "vitest";
import { parseTree } from "../../../../extractors/dom/tree.ts";
import { tagsBy } from "../../../../extractors/selectors/select.ts";

const [root] = parseTree(
  `<main data-x="1"><h2 id=a>One</h2><p class="b c">first</p><p>second <i>word</i></p><h2>Two</h2><p lang=de>third</p></main>`,
).tags;

it.each([
  ["h2 + p.c", "first"],
  ["h2 ~ p:last-child", "third"],
  ["[data-x] > p:nth-of-type(2)", "second "],
  ["p:has(i)", "second "],
  ["p:contains('second word')", "second "],
  ["html > body p, html > main > p[lang|=de]", "third"],
  ["main:not(.x) #a", "One"],
  ["p.d", undefined],
])("%s finds %s", (css, text) => {
  const [found] = root ? tagsBy(css, root) : [];
  const [first] = found?.children ?? [];
  expect(first && "data" in first ? first.data : undefined).toBe(text);
});
