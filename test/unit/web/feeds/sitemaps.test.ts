import { parseOpml } from "feedsmith";
import { expect, test } from "vitest";
import { z } from "zod";
import { toItem } from "../../../../model/articles/article.ts";
import { toEntry } from "../../../../web/feeds/feed.ts";
import { asScript, newsArticle, ninjs } from "../../../../web/feeds/formats.ts";
import { newsSitemap, sourcesOpml } from "../../../../web/feeds/sitemaps.ts";
import { hasWords, Words } from "../../../../web/feeds/write.ts";
import { makeArticle, makeSource } from "../../../helpers/articles.ts";
import { problemsOf } from "../../../helpers/schemas.ts";

const config = {
  portalTitle: "Portal & more",
  baseUrl: "http://portal.example",
  timezone: "UTC",
  version: "1",
  topicNames: { "smart-city": "Smart cities" },
};
const hostile = `</script><script>alert(1)</script> & "q"`;
const source = makeSource("cities", { name: "Cities & Towns", home: "https://cities.example/" });

function entryOf(overrides = {}, text: string | null = null) {
  const details = {
    rights: null,
    credit: "© Cities",
    edited: [],
    translations: {},
    pinnedUntil: null,
  };
  const item = { ...toItem(makeArticle("a1", overrides)), ...details };
  const entry = toEntry(item, source, config, text);
  if (!entry) throw new Error("no entry");
  return entry;
}

const Text = z.strictObject({
  role: z.string(),
  contentType: z.string(),
  value: z.string().min(1),
});
/** What we use of ninjs 3.1 (IPTC), which refuses keys that it doesn't know. */
const Ninjs = z.strictObject({
  uri: z.string().regex(/^tag:/),
  standard: z.strictObject({
    name: z.literal("ninjs"),
    version: z.literal("3.1"),
    schema: z.literal("https://www.iptc.org/std/ninjs/ninjs-schema_3.1.json"),
  }),
  type: z.literal("text"),
  pubStatus: z.enum(["usable", "withheld", "canceled"]),
  version: z.string(),
  language: z.string().optional(),
  firstCreated: z.iso.datetime(),
  versionCreated: z.iso.datetime(),
  headlines: z.array(Text),
  descriptions: z.array(Text).optional(),
  bodies: z.array(Text).optional(),
  by: z.string(),
  copyrightNotice: z.string().optional(),
  usageTerms: z.string().optional(),
  places: z.array(z.strictObject({ name: z.string(), rel: z.string() })).optional(),
  subjects: z
    .array(z.strictObject({ name: z.string(), uri: z.string(), rel: z.string() }))
    .optional(),
  infoSources: z.array(
    z.strictObject({ name: z.string(), uri: z.url().optional(), role: z.string() }),
  ),
  altIds: z.array(z.strictObject({ role: z.string(), value: z.string() })),
});

test("ninjs has the form of 3.1, with everything and with nothing", () => {
  const full = Ninjs.parse(ninjs(entryOf({ title: hostile }, "One\n\nTwo")));
  expect(full.bodies?.[0]?.value).toBe("One\n\nTwo");
  expect(full.copyrightNotice).toBe("© Cities");
  const bare = { authors: null, topics: [], teaser: null, language: null, country: null };
  Ninjs.parse(ninjs(entryOf({ ...bare, region: null, prefix: "" })));
  expect(() => Ninjs.parse({ ...ninjs(entryOf()), more: 1 })).toThrow(/more/);
});

test("schema.org: a NewsArticle of its publisher, which no title can break out of", () => {
  const signed = { organisations: ["City Press Office"] };
  const script = asScript(newsArticle(entryOf({ title: hostile, prefix: "", ...signed })));
  expect(script).not.toContain("<");
  expect(JSON.parse(script)).toMatchObject({
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    headline: hostile,
    url: "https://cities.example/news/a1",
    mainEntityOfPage: "http://portal.example/article/a1",
    datePublished: "2026-11-25T08:00:00.000Z",
    publisher: { "@type": "Organization", name: "Cities & Towns" },
    author: [
      { "@type": "Person", name: "Ada Example" },
      { "@type": "Organization", name: "City Press Office" },
    ],
    creditText: "© Cities",
    inLanguage: "en",
  });
  expect(JSON.parse(script)).not.toHaveProperty("articleBody");
});

test("a feed reader reads the OPML: the portal's feed of each source", () => {
  const opml = parseOpml(sourcesOpml([source, makeSource("quiet")], config));
  expect(opml.body?.outlines).toMatchObject([
    {
      text: "Cities & Towns",
      type: "rss",
      xmlUrl: "http://portal.example/feeds/source/cities.rss",
      htmlUrl: "https://cities.example/",
    },
    { htmlUrl: "http://portal.example/source/quiet" },
  ]);
});

test("a news sitemap names the portal's own pages, with Chinese as Google writes it", async () => {
  const xml = newsSitemap(
    [makeArticle("z", { language: "zh", title: hostile, prefix: "" })],
    config,
  );
  expect(xml).toContain("<loc>http://portal.example/article/z</loc>");
  expect(xml).toContain("<news:language>zh-cn</news:language>");
  expect(xml).toContain("<news:name>Portal &amp; more</news:name>");
  expect(xml).toContain("<news:publication_date>2026-11-25T08:00:00.000Z</news:publication_date>");
  expect(xml).not.toContain("<script");
  expect(await problemsOf([xml, newsSitemap([], config)], "sitemap.rng")).toEqual([]);
  const untitled = xml.replace(/<news:title>.*<\/news:title>/s, "");
  expect(await problemsOf([untitled], "sitemap.rng")).not.toEqual([]);
});

test("words of an address: one of the wanted, none of the unwanted, in whatever case", () => {
  const wanted = Words.parse("bridge| Tunnel |");
  expect(wanted).toEqual(["bridge", "tunnel"]);
  const unwanted = Words.parse("(a+)+$");
  expect(hasWords("A new BRIDGE", { wanted, unwanted })).toBe(true);
  expect(hasWords("A new road", { wanted, unwanted })).toBe(false);
  expect(hasWords("A bridge (a+)+$", { wanted, unwanted })).toBe(false);
  expect(hasWords("Anything", { wanted: [], unwanted: [] })).toBe(true);
});
