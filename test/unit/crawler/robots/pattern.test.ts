import { expect, test } from "vitest";
import { pathOf } from "../../../../crawler/robots/robots.ts";

test.each([
  ["", "/"],
  ["https://news.example", "/"],
  ["https://news.example/a", "/a"],
  ["https://news.example/a/b?c=http://d.example/", "/a/b?c=http://d.example/"],
  ["https://news.example/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"],
  ["https://news.example?a", "/?a"],
  ["https://news.example#/a", "/"],
  ["news.example/a?b=http://d.example/", "/a?b=http://d.example/"],
  ["news.example/a;b#c", "/a;b"],
  ["/a", "/a"],
  ["//news.example/b/c", "/b/c"],
])("rules are compared with this part of %s: %s", (url, path) => {
  expect(pathOf(url)).toBe(path);
});
