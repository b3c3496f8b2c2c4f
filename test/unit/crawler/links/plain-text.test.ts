import { expect, test } from "vitest";
import { plainText } from "../../../../crawler/links/hints.ts";
import { growthOf, LINEAR } from "../../../helpers/cpu.ts";

test.each([
  ["a &amp; b &lt;c&gt; &eacute;", "a & b <c> é"],
  ["<p>One</p><p>Two<br>three</p>", "One Two three"],
  ["x<b>y</b>z", "xyz"],
  ["<style>p{}</style>A<script>b()</script><!-- c -->", "A"],
  [" \u200ba \n\t b ", "a b"],
  ["5 < 6", "5 < 6"],
])("%s -> %s", (html, text) => {
  expect(plainText(html)).toBe(text);
});

test("a zero-width space between words stays invisible", () => {
  expect(plainText("ក្រុង\u200bភ្នំពេញ")).toBe("ក្រុងភ្នំពេញ");
});

test("is cut at a word, and never within a character", () => {
  expect(plainText("one two three four", 15)).toBe("one two three…");
  expect(plainText(`abc${"😀".repeat(9)}`, 6)).toBe("abc😀…");
});

test("nested markup takes time in proportion to its length", async () => {
  const growth = await growthOf(
    400_000,
    (n) => "<div>".repeat(n),
    (markup) => expect(plainText(markup)).toBe(""),
  );
  expect(growth).toBeLessThan(LINEAR);
});
