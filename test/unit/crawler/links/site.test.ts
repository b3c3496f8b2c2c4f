import { describe, expect, test } from "vitest";
import { plausibleCanonical, sameSite } from "../../../../crawler/links/url.ts";

describe("sameSite", () => {
  test.each([
    ["https://www.city.example/", "http://news.city.example:8080/x", true],
    ["https://a.gov.uk/", "https://b.gov.uk/", false],
    ["https://gov.uk/", "https://www.gov.uk/x", true],
    ["https://a.github.io/", "https://b.github.io/", false],
    ["http://127.1.0.1:80/", "http://127.1.0.1:90/", true],
    ["http://127.1.0.1/", "http://127.1.0.2/", false],
    ["http://[::1]/", "http://[::1]:8080/", true],
    ["https://evil-city.example/", "https://city.example/", false],
    ["https://city.example.evil.test/", "https://city.example/", false],
    ["http://localhost/", "http://localhost:3000/", true],
    ["nonsense", "nonsense", false],
  ])("%s and %s: %s", (a, b, wanted) => {
    expect(sameSite(a, b)).toBe(wanted);
    expect(sameSite(b, a)).toBe(wanted);
  });
});

describe("plausibleCanonical", () => {
  const page = "https://www.city.example/news/2026/tram?from=rss";
  test.each([
    ["https://city.example/news/2026/tram", true],
    ["https://amp.city.example/news/2026/tram", true],
    ["https://city.example/?p=123", true],
    ["https://city.example/", false],
    ["https://city.example/index.html", false],
    ["https://city.example/de/", false],
    ["https://other.example/news/2026/tram", false],
    ["https://city.example/{{url}}", false],
    ["https://city.example/undefined", false],
    ["https://city.example/404.html", false],
    ["ftp://city.example/x", false],
    ["/relative", false],
  ])("%s: %s", (canonical, wanted) => {
    expect(plausibleCanonical(page, canonical)).toBe(wanted);
  });

  test("the home page may name itself", () => {
    expect(plausibleCanonical("http://www.city.example/", "https://city.example/")).toBe(true);
  });
});
