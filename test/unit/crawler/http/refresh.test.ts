import { expect, test } from "vitest";
import { refreshTarget } from "../../../../crawler/http/refresh.ts";

const url = "https://news.example/old/";
const stub = (content: string, body = "") =>
  `<!doctype html><title>Moved</title><meta http-equiv="Refresh" content="${content}">${body}`;
const target = (html: string, contentType = "text/html") =>
  refreshTarget(url, { contentType, bytes: Buffer.from(html) });

test.each([
  ["0; url=/new/", "https://news.example/new/"],
  ["0;URL='https://news.example/new/#top'", "https://news.example/new/"],
  ["5, url = ../b", "https://news.example/b"],
  ["0.1;/new/", "https://news.example/new/"],
  ["0; url=/new/?a=1&amp;b=2", "https://news.example/new/?a=1&b=2"],
  ["0; url=/øst", "https://news.example/%C3%B8st"],
  ["0; url=/l'avenir", "https://news.example/l'avenir"],
  ["0; url='/say-&quot;yes&quot;'", "https://news.example/say-%22yes%22"],
  ["0; url=&quot;/new/&quot;", "https://news.example/new/"],
  ["0;URL=&#39;/new/&#39;", "https://news.example/new/"],
  ["0; url=&#x2F;new&#x2F;", "https://news.example/new/"],
  ["0; url=/new/?a=1&copy=2", "https://news.example/new/?a=1&copy=2"],
])("a page that only says %s leads to %s", (content, to) => {
  expect(target(stub(content))).toBe(to);
});

test.each(["0;url=/new/", "0;url='/new/'"])("%s needs no quotes around it", (content) => {
  expect(target(`<meta http-equiv=refresh content=${content}>`)).toBe("https://news.example/new/");
});

test("a page that also links to its target leads there", () => {
  const html = stub("0; url=/new/", '<p>This page has moved. <a href="/new/">Click here</a>.</p>');
  expect(target(html)).toBe("https://news.example/new/");
});

test.each([
  ["reloads itself", stub("0; url=/old/")],
  ["reloads without a URL", stub("5")],
  ["waits for a long time", stub("300; url=/new/")],
  ["has a text", stub("0; url=/new/", `<p>${"The council meets. ".repeat(30)}`)],
  ["is large", stub("0; url=/new/", `<script>${"x".repeat(5000)}</script>`)],
  ["leads on only without scripts", `<noscript>${stub("0; url=/new/")}</noscript>`],
  ["comments it out", `<!-- ${stub("0; url=/new/")} -->`],
  ["names no URL", stub("0; url=http://")],
])("a page that %s leads nowhere", (_, html) => {
  expect(target(html)).toBeNull();
});

test("only HTML can lead on", () => {
  expect(target(stub("0; url=/new/"), "text/plain")).toBeNull();
});
