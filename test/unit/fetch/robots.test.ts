import { describe, expect, test } from "vitest";
import { crawlDelay, isAllowed, parseRobots } from "../../../fetch/robots.ts";
import { leastCpuOf } from "../../helpers/cpu.ts";

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
    ["the query counts", everybody("Disallow: /*?print="), "/a?print=1", false],
    ["the fragment doesn't", everybody("Disallow: /*print"), "/a#print", true],
    ["typos count", everybody("Disalow: /a"), "/a", false],
    ["a missing colon counts", "user-agent *\ndisallow /a", "/a", false],
    ["three words are no rule", everybody("disallow /a b"), "/a", true],
    ["comments end a line", everybody("Disallow: /a # not /b"), "/a", false],
    ["rules before any agent are ignored", "Disallow: /\nUser-agent: *\nAllow: /", "/a", true],
    ["a byte order mark is skipped", `\ufeff${everybody("Disallow: /a")}`, "/a", false],
    ["CR alone ends a line", "User-agent: *\rDisallow: /a\r", "/a", false],
  ])("%s: %j on %s -> %s", (_, text, url, expected) => {
    expect(allowed(text, url)).toBe(expected);
  });
});

describe("groups", () => {
  const text = [
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
    expect(["/ours", "/ours-too", "/all"].map((path) => allowed(text, path))).toEqual([
      false,
      false,
      true,
    ]);
    expect(["/ours", "/all"].map((path) => allowed(text, path, "Somebody"))).toEqual([true, false]);
  });

  test("a group without rules frees its product", () => {
    expect(allowed("User-agent: *\nDisallow: /\nUser-agent: newsgather", "/a")).toBe(true);
  });

  test("crawl-delay is the product's own, the longest of several", () => {
    const robots = parseRobots(text);
    expect(crawlDelay(robots, "Newsgather")).toBe(3000);
    expect(crawlDelay(robots, "Somebody")).toBe(20_000);
    expect(crawlDelay(parseRobots(everybody("Crawl-delay: soon")), "x")).toBeNull();
    expect(robots.sitemaps).toEqual(["https://news.example/süd.xml"]);
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
    expect(await leastCpuOf(judge)).toBeLessThan(1000);
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
    expect(await leastCpuOf(() => parseRobots(text))).toBeLessThan(200);
  });
});
