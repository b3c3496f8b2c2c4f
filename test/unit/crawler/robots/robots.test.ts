import { describe, expect, test } from "vitest";
import { crawlDelay, isAllowed, parseRobots } from "../../../../crawler/robots/robots.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";

const allowed = (text: string, url: string, product = "Newsgather") =>
  isAllowed(parseRobots(text), product, `https://news.example${url}`);
const everybody = (...rules: string[]) => ["User-agent: *", ...rules].join("\n");

describe("rules", () => {
  test.each([
    ["the longest match decides", everybody("Allow: /a/b", "Disallow: /a"), "/a/b/c", true],
    ["the longest match decides", everybody("Allow: /a", "Disallow: /a/b"), "/a/b/c", false],
    ["allow wins a tie", everybody("Disallow: /a", "Allow: /a"), "/a", true],
    ["an empty disallow allows all", everybody("Disallow:"), "/a", true],
    ["$ ends", everybody("Disallow: /*.pdf$"), "/x/y.pdf", false],
    ["$ ends", everybody("Disallow: /*.pdf$"), "/x/y.pdf?z", true],
    ["$ elsewhere is a letter", everybody("Disallow: /a$b"), "/a$bc", false],
    ["a last part can't overlap the one before", everybody("Disallow: /ab*b$"), "/ab", true],
    ["* matches nothing too", everybody("Disallow: /a*b*$"), "/ab", false],
    ["escapes are one with bytes", everybody("Disallow: /köln"), "/k%C3%B6ln/x", false],
    ["escapes ignore case", everybody("Disallow: /k%c3%b6ln"), "/k%C3%B6ln/x", false],
    [
      "the index page opens its folder",
      everybody("Disallow: /", "Allow: /d/index.html"),
      "/d/",
      true,
    ],
    [
      "the index page opens nothing below its folder",
      everybody("Disallow: /", "Allow: /d/index.html"),
      "/d/e",
      false,
    ],
    [
      "a forbidden index page opens no folder",
      everybody("Disallow: /", "Disallow: /d/index.html"),
      "/d/",
      false,
    ],
    ["the query counts", everybody("Disallow: /*?print="), "/a?print=1", false],
    ["the fragment doesn't", everybody("Disallow: /*print"), "/a#print", true],
    ["typos count", everybody("Disalow: /a"), "/a", false],
    ["a missing colon counts", "user-agent *\ndisallow /a", "/a", false],
    ["three words are no rule", everybody("disallow /a b"), "/a", true],
    ["three words name no agent", "user-agent * b\ndisallow: /a", "/a", true],
    ["a zero byte ends a line", everybody("Disallow: /a\0b"), "/a", false],
    ["useragent names an agent", "useragent: *\nDisallow: /a", "/a", false],
    ["user agent names an agent", "user agent: *\nDisallow: /a", "/a", false],
    ["a key counts by its beginning", everybody("Disallowed: /a"), "/a", false],
    ["dissallow counts", everybody("Dissallow: /a"), "/a", false],
    ["dissalow counts", everybody("Dissalow: /a"), "/a", false],
    ["diasllow counts", everybody("Diasllow: /a"), "/a", false],
    ["disallaw counts", everybody("Disallaw: /a"), "/a", false],
    ["the $ counts for the length", everybody("Allow: /a", "Disallow: /a$"), "/a", false],
    ["escapes count for the length", everybody("Allow: /ä", "Disallow: /%C3*"), "/%C3%A4", true],
    ["a rule with * begins where the path does", everybody("Disallow: /a*b"), "/c/ab", true],
    ["parts around a * can't overlap", everybody("Disallow: /*aa*ab"), "/aab", true],
    ["comments end a line", everybody("Disallow: /a # not /b"), "/a", false],
    ["rules before any agent are ignored", "Disallow: /\nUser-agent: *\nAllow: /", "/a", true],
    ["a byte order mark is skipped", `\ufeff${everybody("Disallow: /a")}`, "/a", false],
    ["CR alone ends a line", "User-agent: *\rDisallow: /a\r", "/a", false],
  ])("%s: %j on %s -> %s", (_, text, url, expected) => {
    expect(allowed(text, url)).toBe(expected);
  });
});

describe("groups", () => {
  const robotsTxt = [
    "User-agent: Other",
    "User-agent: newsgather/2.0",
    "Disallow: /ours",
    "Crawl-delay: 3",
    "",
    "User-agent: *",
    "Disallow: /all",
    "Crawl-delay: 20",
    "Sitemap: https://news.example/süd.xml",
    "User-agent: NEWSGATHER",
    "Disallow: /ours-too",
    "Crawl-delay: 1.5",
  ].join("\n");

  test("groups of one product merge, and the group for all no longer counts", () => {
    expect(["/ours", "/ours-too", "/all"].map((path) => allowed(robotsTxt, path))).toEqual([
      false,
      false,
      true,
    ]);
    expect(["/ours", "/all"].map((path) => allowed(robotsTxt, path, "Somebody"))).toEqual([
      true,
      false,
    ]);
  });

  test.each([
    ["* before a word is no agent", "User-agent: *x\nDisallow: /", "/a", "x", true],
    ["the star is everybody before a blank", "User-agent: * x\nDisallow: /a", "/a", "x", false],
    ["a name counts in capitals", "User-agent: NEWSGATHER\nDisallow: /", "/a", "Newsgather", false],
    ["hyphens belong to a name", "User-agent: news-gather\nDisallow: /", "/a", "News", true],
    ["only its own group counts", "User-agent: a\nDisallow: /a\nUser-agent: b", "/a", "b", true],
    ["agents in a row share rules", "User-agent: a\nUser-agent: b\nDisallow: /", "/x", "a", false],
    [
      "a crawl-delay ends no list",
      "User-agent: a\nCrawl-delay: 1\nUser-agent: b\nDisallow: /",
      "/x",
      "a",
      false,
    ],
  ])("%s: %j on %s for %s -> %s", (_, lines, url, product, expected) => {
    expect(allowed(lines, url, product)).toBe(expected);
  });

  test("each product is judged by its own rules of one file", () => {
    const robots = parseRobots("User-agent: a\nDisallow: /a\nUser-agent: b\nDisallow: /b");
    const judge = (product: string) =>
      ["/a", "/b"].map((path) => isAllowed(robots, product, `https://news.example${path}`));
    expect([judge("a"), judge("b")]).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  test("the longest crawl-delay of a group counts, in any order", () => {
    const delays = everybody("Crawl-delay: 9", "Crawl-delay: 2");
    expect(crawlDelay(parseRobots(delays), "x")).toBe(9000);
  });

  test("a group without rules frees its product", () => {
    expect(allowed("User-agent: *\nDisallow: /\nUser-agent: newsgather", "/a")).toBe(true);
  });

  test("crawl-delay is the product's own, the longest of several", () => {
    const robots = parseRobots(robotsTxt);
    expect(crawlDelay(robots, "Newsgather")).toBe(3000);
    expect(crawlDelay(robots, "Somebody")).toBe(20_000);
    expect(crawlDelay(parseRobots(everybody("Crawl-delay: soon")), "x")).toBeNull();
  });
});

describe("bounds", () => {
  test("a file over 500 KiB is cut at the end of a line", () => {
    // 511,988 bytes come first, so that the limit falls inside the line of /private.
    const text = `User-agent: *\n${"# filler comment\n".repeat(30_116)}#\nDisallow: /private\nDisallow: /later`;
    expect(text.slice(0, 512_000).endsWith("\nDisallow: /p")).toBe(true);
    expect(allowed(text, "/later")).toBe(true);
    expect(allowed(text, "/p")).toBe(true);
  });

  test("a rule within the first 500 KiB counts", () => {
    const text = `User-agent: *\n${"# filler comment\n".repeat(30_000)}Disallow: /private`;
    expect(text.length).toBeGreaterThan(509_000);
    expect(allowed(text, "/private")).toBe(false);
  });

  test("a file over 500 KiB whose lines end at CR is cut at the end of a line too", () => {
    const text = `User-agent: *\rDisallow: /first\r${"# filler comment\r".repeat(30_115)}#\rDisallow: /private\rDisallow: /later`;
    expect(text.slice(0, 512_000).endsWith("\rDisallow: /p")).toBe(true);
    expect(allowed(text, "/first")).toBe(false);
    expect(allowed(text, "/p")).toBe(true);
  });

  test("what is beyond 16,663 bytes of a line is ignored", () => {
    const path = `/${"a".repeat(16_663 - "Disallow: /".length)}`;
    expect(allowed(everybody(`Disallow: ${path}b`), path)).toBe(false);
  });

  test("plain rules have no cap", () => {
    const rules = Array.from({ length: 9000 }, (_, index) => `Disallow: /${index}/`);
    expect(allowed(everybody(...rules), "/8999/a")).toBe(false);
  });

  test.each([
    ["many stars", [`Disallow: /${"*a".repeat(500)}b$`], "a".repeat(5000)],
    ["many rules", Array.from({ length: 6600 }, () => "Disallow: *a*b*c"), "ab".repeat(900)],
  ])("wildcard bomb of %s is judged in a moment", async (_, rules, path) => {
    const robots = parseRobots(everybody(...rules));
    const judge = () => isAllowed(robots, "x", `https://news.example/${path}`);
    expect(judge()).toBe(true);
    expect(await leastCpuOf(judge, 1000)).toBeLessThan(1000);
  });
});

describe("500 kB of the worst lines are parsed in less than 200 ms of CPU", () => {
  test.each([
    ["blanks within a value", `Disallow: /a${" ".repeat(16_600)}b\n`],
    ["blanks before a value", `Disallow:${" ".repeat(16_600)}b\n`],
    ["blanks without a colon", `disallow${" ".repeat(16_600)}b c\n`],
    ["blanks alone", `${" ".repeat(16_640)}\n`],
    ["tabs and stars", `Disallow: /${"*\t".repeat(8000)}b\n`],
    ["colons", `${":".repeat(16_640)}\n`],
    ["empty lines", "\n"],
    ["short rules", "Allow:/\n"],
  ])("%s", async (_, line) => {
    const text = `User-agent: *\n${line.repeat(Math.ceil((500 * 1024) / line.length))}`;
    expect(await leastCpuOf(() => parseRobots(text), 200)).toBeLessThan(200);
  });
});
