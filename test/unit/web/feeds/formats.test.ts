import { extractFromJson } from "@extractus/feed-extractor";
import { parseFeed as parseLeniently } from "@rowanmanning/feed-parser";
import { parseAtomFeed, parseFeed, parseJsonFeed, parseRssFeed } from "feedsmith";
import { expect, test } from "vitest";
import { toItem } from "../../../../model/articles/article.ts";
import type { UsageSignal } from "../../../../model/usage-rights.ts";
import { type Feed, toEntry } from "../../../../web/feeds/feed.ts";
import { atomFeed, jsonFeed, newsArticle, ninjs, rssFeed } from "../../../../web/feeds/formats.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { jsonFeedProblems, problemsOf } from "../../../helpers/schemas.ts";

const config = {
  portalTitle: "Portal",
  baseUrl: "http://portal.example",
  timezone: "UTC",
  version: "1",
  topicNames: { "smart-city": "Smart cities & more" },
};
const hostile = `]]> <script>alert(1)</script> & "q" 'a' \0 \uD800 深圳 😀`;
const shown = `]]> <script>alert(1)</script> & "q" 'a'`;

const PICTURE = { alt: "A", caption: null, credit: null, width: null, height: null };

function firstOfAtom(document: string) {
  const [entry] = parseAtomFeed(document).entries ?? [];
  const at = entry?.published && new Date(entry.published).toISOString();
  return { title: entry?.title?.value, url: entry?.links?.[0]?.href, at };
}

function firstOfRss(document: string) {
  const [item] = parseRssFeed(document).items ?? [];
  const at = item?.pubDate && new Date(item.pubDate).toISOString();
  return { title: item?.title, url: item?.link, at };
}

function feedOf(overrides = {}, withText = false): Feed {
  const article = makeArticle("a1", { title: hostile, teaser: `${hostile}\n\nTwo`, ...overrides });
  const source = makeSource("cities", { name: "Cities & Towns", home: "https://cities.example/" });
  const rights = toItem(article).usage ?? null;
  const details = { rights, credit: "© Cities", edited: [], translations: {}, pinnedUntil: null };
  const item = { ...toItem(article), ...details };
  const entry = toEntry(item, source, config, withText ? article.text : null);
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

const LICENCE = "https://cities.example/license.xml?a=1&b=2";
/** A publisher that reserves training, and names a licence. */
const RESERVED: UsageSignal[] = [
  {
    format: "rsl",
    place: "licence",
    text: "prohibits ai-train",
    url: LICENCE,
    seenAt: new Date("2026-11-25T08:00:00Z"),
    denies: ["ai-train"],
  },
];
const IN_WORDS = `The publisher reserves the right to train generative models with the content. Terms: ${LICENCE}`;

/** With entries as articles differ: hostile words, hardly anything, none, the full text, a picture, a licence. */
const FEEDS: Feed[] = [
  feedOf(),
  feedOf({ authors: null, topics: [], teaser: null, language: null }),
  { ...feedOf(), entries: [], hub: null, next: null },
  feedOf({}, true),
  feedOf({ image: { ...PICTURE, url: "https://cities.example/i.jpg" }, tags: ["a"] }),
  feedOf({ rights: RESERVED }),
];

test("Atom is valid by the schema of RFC 4287, with hostile text and without", async () => {
  expect(await problemsOf(FEEDS.map(atomFeed), "atom.rng")).toEqual([]);
});

test("RSS is valid, and so is what it takes of its modules", async () => {
  expect(await problemsOf(FEEDS.map(rssFeed), "rss.rng")).toEqual([]);
});

test("JSON Feed is valid by its version 1.1", () => {
  expect(FEEDS.flatMap((feed) => jsonFeedProblems(jsonFeed(feed)))).toEqual([]);
});

test("the description in RSS is HTML that shows the teaser's text", () => {
  const [item] =
    parseRssFeed(rssFeed(feedOf({ teaser: "The <script> element & more" }))).items ?? [];
  expect(item?.description).toBe("<p>The &lt;script&gt; element &amp; more</p>");
});

test("the full text and the publisher's line are in Atom", () => {
  const full = atomFeed(feedOf({}, true));
  expect(full).toContain("<rights>© Cities</rights>");
  expect(full).toContain("&lt;p&gt;Fourth.&lt;/p&gt;</content>");
});

test("what a publisher reserves is in Atom and RSS, with a link to its licence", () => {
  const escaped = LICENCE.replace("&", "&amp;");
  const words = `© Cities · ${IN_WORDS}`.replace("&", "&amp;");
  const feed = feedOf({ rights: RESERVED });
  expect(atomFeed(feed)).toContain(`<link rel="license" href="${escaped}"/>`);
  expect(atomFeed(feed)).toContain(`<rights>${words}</rights>`);
  expect(rssFeed(feed)).toContain(`<creativeCommons:license>${escaped}</creativeCommons:license>`);
  expect(rssFeed(feed)).toContain(`<dc:rights>${words}</dc:rights>`);
});

test("what a publisher reserves is in JSON Feed, ninjs and JSON-LD", () => {
  const feed = feedOf({ rights: RESERVED });
  const [item] = JSON.parse(jsonFeed(feed)).items;
  expect(item["_newsgather"].rights).toEqual({
    allows: [],
    denies: ["ai-train"],
    maxCharacters: null,
    unavailableAfter: null,
    terms: [LICENCE],
  });
  const [entry] = feed.entries;
  if (!entry) throw new Error("no entry");
  expect(ninjs(entry)).toMatchObject({ usageTerms: IN_WORDS });
  const described = { conditionsOfAccess: IN_WORDS, usageInfo: [LICENCE] };
  expect(newsArticle(entry)).toMatchObject(described);
});

test("the schemas can say no", async () => {
  const without = (document: string, name: string) =>
    document.replace(new RegExp(`<${name}>[^<]*</${name}>`), "");
  expect(await problemsOf([without(atomFeed(feedOf()), "updated")], "atom.rng")).not.toEqual([]);
  expect(await problemsOf([without(rssFeed(feedOf()), "pubDate")], "rss.rng")).not.toEqual([]);
  const { title: _, ...untitled } = JSON.parse(jsonFeed(feedOf()));
  expect(jsonFeedProblems(JSON.stringify(untitled))).not.toEqual([]);
  expect(jsonFeedProblems(JSON.stringify({ ...untitled, title: "T", more: 1 }))).not.toEqual([]);
});

test.each([
  ["Atom", atomFeed, firstOfAtom],
  ["RSS", rssFeed, firstOfRss],
] as const)("two independent readers get the same out of %s", (_, write, first) => {
  const document = write(feedOf());
  const [item] = parseLeniently(document).items;
  const { title, url, published } = item ?? {};
  expect({ title, url, at: published?.toISOString() }).toEqual(first(document));
  expect(title).toContain("DE: Hamburg: ]]>");
  expect(title).toContain("深圳 😀");
  expect(url).toBe("https://cities.example/news/a1");
  expect(published?.toISOString()).toBe("2026-11-25T08:00:00.000Z");
});

test("two independent readers get the same out of JSON Feed", () => {
  const document = jsonFeed(feedOf());
  const first = parseJsonFeed(document);
  const [item] = first.items ?? [];
  const second = extractFromJson(document, { descriptionMaxLen: 0 });
  expect([second.title, second.link]).toEqual([first.title, first.home_page_url]);
  expect(second.entries).toMatchObject([
    { id: item?.id, link: item?.url, title: item?.title, published: "2026-11-25T08:00:00.000Z" },
  ]);
  expect(item?.title).toContain(shown);
  expect(second.entries?.[0]?.description).toContain("Two");
});

test("RSS carries what readers ask for", () => {
  const document = rssFeed(feedOf());
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
