import { describe, expect, test } from "vitest";
import {
  isOurs,
  sharedEntries,
  watchersOf,
  watchersOfHost,
} from "../../../../crawler/links/entry-points.ts";
import { makeSource } from "../../../helpers/articles.ts";

const cities = makeSource("cities", { feeds: ["https://www.agency.example/rss?b=1&a=2"] });
const towns = makeSource("towns", { feeds: ["http://agency.example/rss?a=2&b=1"] });
const villages = makeSource("villages", {
  feeds: [],
  sitemaps: ["https://villages.example/sitemap.xml"],
});

test("two sources with one feed are told, however it is written", () => {
  expect(sharedEntries([cities, villages, towns])).toEqual([
    `cities and towns have the same feed ${cities.feeds[0]}: keep the URL in only one of these sources`,
  ]);
});

test("a feed that a source names twice is no sharing", () => {
  const twice = makeSource("twice", { feeds: ["https://x.example/a", "https://x.example/a"] });
  expect(sharedEntries([twice, villages])).toEqual([]);
});

describe("what is watched already", () => {
  const all = [cities, villages];

  test("is found by its entry point", () => {
    expect(watchersOf(all, ["https://villages.example/sitemap.xml"])).toEqual([
      "the source villages already has this sitemap: https://villages.example/sitemap.xml",
    ]);
    expect(watchersOf(all, ["https://villages.example/rss"])).toEqual([]);
  });

  test("is found by its host, with or without www", () => {
    expect(watchersOfHost(all, "https://agency.example/news")).toEqual([
      `the source cities already watches this site: ${cities.feeds[0]}`,
    ]);
    expect(watchersOfHost(all, "https://other.example/")).toEqual([]);
  });
});

test("a redirect to an allowed host belongs to the source, even if the name is in Unicode", () => {
  const source = { home: "https://city.example/", allowHosts: ["bücher.example"] };
  const to = new URL("https://bücher.example/news/1");
  expect(isOurs(source, source.home, to)).toBe(true);
});

test("a redirect to a subdomain of an allowed host belongs to the source", () => {
  const source = { home: "https://city.example/", allowHosts: ["Partner.example"] };
  expect(isOurs(source, source.home, new URL("https://news.partner.example/1"))).toBe(true);
  expect(isOurs(source, source.home, new URL("https://otherpartner.example/1"))).toBe(false);
});
