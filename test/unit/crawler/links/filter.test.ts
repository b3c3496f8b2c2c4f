import { expect, test } from "vitest";
import { leftOut, offSite, type Scope } from "../../../../crawler/links/url.ts";

const scope: Scope = {
  home: "https://www.city.example/",
  feeds: ["https://feeds.host.example/city.xml"],
  sitemaps: [],
  listings: [],
  include: ["/news/**", "/presse/**", "/übersicht/**"],
  exclude: ["/news/jobs/**", "/**?print=1"],
  allowHosts: ["partner.example"],
};

test.each([
  ["https://city.example/news/1", null],
  ["http://news.city.example:8080/news/1", null],
  ["https://partner.example/news/1", null],
  ["https://www.partner.example/news/1", null],
  ["https://city.example/%C3%BCbersicht/1", null],
  ["https://feeds.host.example/news/1", "off-site"],
  ["https://notpartner.example/news/1", "off-site"],
  ["https://city.example.evil.test/news/1", "off-site"],
  ["https://city.example/about", "filtered"],
  ["https://city.example/news/jobs/1", "filtered"],
  ["https://city.example/news/1?print=1", "filtered"],
  ["https://city.example/news/report.DOCX?x=1", "unsupported-type"],
  ["https://city.example/news/release.pdf", null],
  ["https://city.example/news/v1.2", null],
  ["mailto:press@city.example", "bad-url"],
  ["https://", "bad-url"],
])("%s: %s", (url, reason) => {
  expect(leftOut(url, scope)?.reason ?? null).toBe(reason);
});

test("the detail names the pattern or the host", () => {
  expect(leftOut("https://city.example/news/jobs/1", scope)?.detail).toBe("exclude /news/jobs/**");
  expect(leftOut("https://ads.example/x", scope)?.detail).toBe("ads.example");
});

test("without a home the sites of the entry points are the source's", () => {
  const { home: _, ...rest } = scope;
  const listings = [{ url: "https://a.example/news", link: "a", pages: 1 }];
  expect(offSite("https://host.example/news/1", rest)).toBeNull();
  expect(offSite("https://www.a.example/x", { ...rest, listings })).toBeNull();
  expect(offSite("https://b.example/x", { ...rest, listings })?.reason).toBe("off-site");
});

test.each(["bücher.example", "BÜCHER.example", "xn--bcher-kva.example"])(
  "the allowed host %s can be written in Unicode or in Punycode",
  (host) => {
    const allowing = { ...scope, allowHosts: [host] };
    expect(offSite("https://bücher.example/news/1", allowing)).toBeNull();
    expect(offSite("https://www.xn--bcher-kva.example/news/1", allowing)).toBeNull();
  },
);

test.each(["", "a b", "https://"])("the invalid allowed host %j allows no host", (host) => {
  const allowing = { ...scope, allowHosts: [host] };
  expect(offSite("https://evil.test./news/1", allowing)?.reason).toBe("off-site");
});

test.each(["/%d0%bd%d0%be/**", "/%D0%BD%D0%BE/**", "/но/**"])(
  "the pattern %s matches the path, however its escapes are written",
  (pattern) => {
    const including = { ...scope, include: [pattern] };
    expect(leftOut("https://city.example/%d0%bd%d0%be/1", including)).toBeNull();
    expect(leftOut("https://city.example/%D0%BD%D0%BE/1", including)).toBeNull();
  },
);
