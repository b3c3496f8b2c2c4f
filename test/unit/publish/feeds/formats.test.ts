import { readFile } from "node:fs/promises";
import { parseFeed as parseLeniently } from "@rowanmanning/feed-parser";
import { parseFeed } from "feedsmith";
import { expect, test } from "vitest";
import { validateXML } from "xmllint-wasm";
import { toItem } from "../../../../model/item.ts";
import { atomFeed } from "../../../../publish/feeds/atom.ts";
import { type Feed, toEntry } from "../../../../publish/feeds/feed.ts";
import { jsonFeed } from "../../../../publish/feeds/json.ts";
import { rssFeed } from "../../../../publish/feeds/rss.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";

const config = {
  portalTitle: "Portal",
  baseUrl: "http://portal.example",
  timezone: "UTC",
  version: "1",
  topicNames: { "smart-city": "Smart cities & more" },
};
const hostile = `]]> <script>alert(1)</script> & "q" 'a' \0 \uD800 深圳 😀`;
const shown = `]]> <script>alert(1)</script> & "q" 'a'`;

function feedOf(given = {}, withText = false): Feed {
  const article = makeArticle("a1", { title: hostile, teaser: `${hostile}\n\nTwo`, ...given });
  const source = makeSource("cities", { name: "Cities & Towns", home: "https://cities.example/" });
  const entry = toEntry(
    { ...toItem(article), credit: "© Cities", edited: [], translations: {}, pinnedUntil: null },
    source,
    config,
    withText ? article.text : null,
  );
  return {
    id: "tag:newsgather,2026:feed/all",
    title: "Portal",
    description: "All",
    home: "http://portal.example/",
    self: "http://portal.example/feeds/all.atom",
    next: "http://portal.example/feeds/all.atom?limit=1&cursor=x",
    hub: "http://hub.example/",
    updated: new Date("2026-11-25T08:00:00Z"),
    language: null,
    entries: entry ? [entry] : [],
  };
}

async function validate(xml: string) {
  const schema = await readFile(
    new URL("../../../fixtures/schemas/atom.rng", import.meta.url),
    "utf8",
  );
  return validateXML({ xml, schema, extension: "relaxng" });
}

test("Atom is valid by the schema of RFC 4287, with hostile text and without", async () => {
  expect(await validate(atomFeed(feedOf()))).toMatchObject({ valid: true, errors: [] });
  const bare = { authors: null, topics: [], teaser: null, language: null };
  expect(await validate(atomFeed(feedOf(bare)))).toMatchObject({ valid: true, errors: [] });
  expect(await validate(atomFeed({ ...feedOf(), entries: [] }))).toMatchObject({ valid: true });
  const full = atomFeed(feedOf({}, true));
  expect(full).toContain("<rights>© Cities</rights>");
  expect(full).toContain("&lt;p&gt;Fourth.&lt;/p&gt;</content>");
  expect(await validate(full)).toMatchObject({ valid: true, errors: [] });
});

test("the schema refuses a feed without `updated`, so it can say no", async () => {
  const broken = atomFeed(feedOf()).replace(/<updated>[^<]*<\/updated>/, "");
  expect((await validate(broken)).valid).toBe(false);
});

test.each([
  ["atom", atomFeed],
  ["rss", rssFeed],
  ["json", jsonFeed],
] as const)("two independent readers get the same out of %s", (_name, write) => {
  const document = write(feedOf());
  expect(parseFeed(document).format).toBe(_name);
  if (_name === "json") return;
  const [item] = parseLeniently(document).items;
  expect(item?.title).toContain("DE: Hamburg: ]]>");
  expect(item?.title).toContain("深圳 😀");
  expect(item?.url).toBe("https://cities.example/news/a1");
  expect(item?.published?.toISOString()).toBe("2026-11-25T08:00:00.000Z");
});

test("RSS is well-formed and carries what readers ask for", async () => {
  const document = rssFeed(feedOf());
  expect((await validateXML({ xml: document, normalization: "c14n" })).valid).toBe(true);
  const { feed } = parseFeed(document);
  expect(feed).toMatchObject({
    atom: { links: [{ rel: "self" }, { rel: "hub" }, { rel: "next" }] },
  });
  expect(JSON.stringify(feed)).toContain("tag:newsgather,2026:article/a1");
  expect(document).toContain('<guid isPermaLink="false">');
  expect(document).toMatch(/<pubDate>Wed, 25 Nov 2026 08:00:00 GMT<\/pubDate>/);
  expect(document).toContain("&lt;p&gt;]]&amp;gt;");
});

test("JSON Feed names its version, pages by next_url and links to the original", () => {
  const feed = JSON.parse(jsonFeed(feedOf()));
  expect(feed).toMatchObject({
    version: "https://jsonfeed.org/version/1.1",
    next_url: expect.stringContaining("cursor=x"),
    items: [
      {
        id: "tag:newsgather,2026:article/a1",
        url: "https://cities.example/news/a1",
        tags: ["Smart cities & more"],
        authors: [{ name: "Ada Example" }],
      },
    ],
  });
  expect(feed.items[0].title).toContain(shown);
});

test("an article whose address is no http address is in no feed", () => {
  expect(feedOf({ url: "javascript:alert(1)" }).entries).toEqual([]);
});
