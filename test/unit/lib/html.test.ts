import { expect, test } from "vitest";
import { html, httpUrl } from "../../../lib/text.ts";

test("every value in a template is escaped, in text and in attributes", () => {
  const title = `</h1><script>alert("x")</script>' onclick='y`;
  const page = html`<h1 title="${title}">${title}</h1>`.markup;
  expect(page).not.toMatch(/<script|<\/h1><|title="[^"]*"[^>]*onclick/);
  expect(page).toBe(
    `<h1 title="&lt;/h1&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; onclick=&#39;y">&lt;/h1&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39; onclick=&#39;y</h1>`,
  );
});

test("markup nests without being escaped twice, absent parts leave nothing", () => {
  const items = ["a&b", "c"].map((text) => html`<li>${text}</li>`);
  expect(html`<ul>${items}${null}${undefined}${false}${""}${0}</ul>`.markup).toBe(
    "<ul><li>a&amp;b</li><li>c</li>0</ul>",
  );
});

test("characters that XML forbids are dropped: controls and lone surrogates, not emoji or tabs", () => {
  expect(html`${"a\0b\u0008c\uD800d\uFFFEe\tf\n😀"}`.markup).toBe("abcde\tf\n😀");
});

test("only http and https addresses are links", () => {
  const hostile = ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//x", "x"];
  expect(hostile.map((url) => httpUrl(url))).toEqual([null, null, null, null, null]);
  expect(httpUrl('https://a.example/"><b>')).toBe("https://a.example/%22%3E%3Cb%3E");
});

test("a host beyond ASCII is valid, even after the engine has compiled the check", () => {
  const found = Array.from({ length: 30_000 }, () =>
    httpUrl("//müller.example/", "http://a.example/"),
  );
  expect(new Set(found)).toEqual(new Set(["http://xn--mller-kva.example/"]));
});
