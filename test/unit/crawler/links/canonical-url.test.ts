import { assert, pre, property, webUrl } from "fast-check";
import { describe, expect, test } from "vitest";
import { CANON_VERSION, fetchUrl, keyText, urlKey } from "../../../../crawler/links/url.ts";

describe("fetchUrl", () => {
  test.each([
    [" HTTPS://WWW.Example.ORG:443/a/../b//c/?x=1#top ", "https://www.example.org/b//c/?x=1"],
    ["http://u:p@example.org/%7euser/%e9%2f", "http://example.org/~user/%E9%2F"],
    ["https://example.org/a?utm_source=x&id=7&fbclid=y&b", "https://example.org/a?id=7&b"],
    ["https://example.org/a?UTM_Medium=x&%75tm_term=y", "https://example.org/a"],
    ["https://example.org/?a=1&amp;b=2&#038;utm_source=rss", "https://example.org/?a=1&b=2"],
    ["https://example.org/?a=1&#038;b=2&#38;c=3&amp;d", "https://example.org/?a=1&b=2&c=3&d"],
    ["https://example.org/a?x=1&&y=2&", "https://example.org/a?x=1&y=2"],
    ["https://example.org/a?x=%7e%c3%a4", "https://example.org/a?x=~%C3%A4"],
    ["https://example.org/a#", "https://example.org/a"],
    ["https://example.org/a?utm_source%E9=x&b=1", "https://example.org/a?b=1"],
    ["\u00a0https://example.org/a\u2003", "https://example.org/a"],
    ["https://example.org/app#!/news/1", "https://example.org/app#!/news/1"],
    ["https://example.org/a?", "https://example.org/a"],
    ["https://example.org/a?b=&a=2", "https://example.org/a?b=&a=2"],
    ["http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"],
    ["http://2130706433/x", "http://127.0.0.1/x"],
  ])("%s -> %s", (url, wanted) => {
    expect(fetchUrl(url)).toBe(wanted);
  });

  test.each([
    [
      "https://example.org/x.html;jsessionid=1A2B.live881?nn=99",
      "https://example.org/x.html?nn=99",
    ],
    ["https://example.org/view.do;JSESSIONID=AA!-12", "https://example.org/view.do"],
    ["https://example.org/a;jsessionid=AA;v=2/b", "https://example.org/a;v=2/b"],
    ["https://example.org/a?PHPSESSID=abc&id=1&jsessionid=AA", "https://example.org/a?id=1"],
  ])("removes the session id: %s -> %s", (url, wanted) => {
    expect(fetchUrl(url)).toBe(wanted);
  });

  test.each(["gad_source", "gad_campaignid", "srsltid"])("removes the tracker %s", (name) => {
    expect(fetchUrl(`https://example.org/a?${name}=1&id=7`)).toBe("https://example.org/a?id=7");
  });

  test("resolves against a base", () => {
    expect(fetchUrl("../x?y=1", "https://example.org/a/b/c")).toBe("https://example.org/a/x?y=1");
    expect(fetchUrl("//other.example/x", "http://example.org/")).toBe("http://other.example/x");
  });

  test.each(["mailto:a@b.example", "javascript:void(0)", "x", "http://", "ftp://example.org/a"])(
    "refuses %s",
    (url) => {
      expect(fetchUrl(url)).toBeNull();
    },
  );

  test("refuses addresses beyond 4096 characters", () => {
    expect(fetchUrl(`https://example.org/${"a/".repeat(3000)}`)).toBeNull();
  });

  test("keeps an address of just 4096 characters", () => {
    const longest = "https://example.org/".padEnd(4096, "a");
    expect(fetchUrl(longest)).toBe(longest);
    expect(fetchUrl(`${longest}a`)).toBeNull();
  });
});

describe("urlKey", () => {
  test.each([
    ["http://www.example.org/a", "https://example.org/a"],
    ["https://example.org//a///b", "https://example.org/a/b"],
    ["https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"],
    ["https://example.org/a?q=x+y", "https://example.org/a?q=x%20y"],
    ["https://example.org/a?c", "https://example.org/a?c="],
    ["https://example.org/cafe%CC%81", "https://example.org/caf%C3%A9"],
    ["https://example.org/a?q=cafe%CC%81", "https://example.org/a?q=caf%C3%A9"],
    ["https://example.org/a?x=2&x=1", "https://example.org/a?x=1&x=2"],
    [" mailto:a@b.example ", "mailto:a@b.example"],
    ["https://example.org./a", "https://example.org/a#part"],
    ["http://example.org:80/", "https://example.org:443"],
    ["https://example.org/a;jsessionid=A1?x=1", "https://example.org/a;jsessionid=B2?x=1"],
  ])("%s is %s", (a, b) => {
    expect(urlKey(a)).toBe(urlKey(b));
    expect(urlKey(a)).toMatch(/^[0-9a-f]{32}$/);
  });

  test.each([
    ["https://example.org/a", "https://example.org/a/"],
    ["https://example.org/a", "https://example.org/A"],
    ["https://example.org:8080/a", "https://example.org/a"],
    ["https://example.org/a?id=1", "https://example.org/a?id=2"],
    ["https://example.org/a?x=2&x=1&y", "https://example.org/a?x=2&y"],
    ["https://m.example.org/a", "https://example.org/a"],
    ["https://example.org/a%2Fb", "https://example.org/a/b"],
    ["https://example.org/#!/1", "https://example.org/#!/2"],
    ["https://example.org/a?x=1=2", "https://example.org/a?x=12"],
    ["https://example.org/a%E8", "https://example.org/a%E9"],
    ["https://example.org/a?format_id=1", "https://example.org/a?format_id=2"],
    ["https://www.example/a", "https://example/a"],
    ["https://newswww.example.org/a", "https://newsexample.org/a"],
  ])("%s is not %s", (a, b) => {
    expect(urlKey(a)).not.toBe(urlKey(b));
  });

  test("stays what it is as long as the version of its rules does", () => {
    const url = "https://www.example.org//b/cafe%CC%81?b=2&a=2&utm_source=x&a=1&c=x+y#top";
    expect([CANON_VERSION, keyText(url), urlKey(url)]).toEqual([
      1,
      "example.org/b/caf%C3%A9?a=1&a=2&b=2&c=x%20y",
      "e031db273ac709e05751c1d513ca9aab",
    ]);
  });

  test("is the same before and after cleaning", () => {
    const found = [["http://a.aa??"], ["http://a.aa/???x"], ["http://a.aa/.;jsessionid=x/b"]] as [
      string,
    ][];
    assert(
      property(webUrl({ withQueryParameters: true, withFragments: true }), (url) => {
        const clean = fetchUrl(url);
        pre(clean !== null);
        expect(fetchUrl(clean ?? "")).toBe(clean);
        expect(keyText(clean ?? "")).toBe(keyText(url));
        expect(keyText(`https://${keyText(url)}`)).toBe(keyText(url));
      }),
      { examples: found },
    );
  });
});
