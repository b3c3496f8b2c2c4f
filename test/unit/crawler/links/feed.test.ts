import { describe, expect, test } from "vitest";
import { readFeed } from "../../../../crawler/links/feed.ts";
import { leastCpuOf } from "../../../helpers/cpu.ts";

const now = new Date("2026-11-25T12:00:00Z");
const url = "https://city.example/feeds/news.xml";
const read = (text: string, language?: string) => readFeed(text, url, language, now);

const rss = (items: string, channel = "") =>
  `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"
  xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>City</title>${channel}${items}</channel></rss>`;

test("RSS 2.0: hints are plain text, dates are read, ids and content kept", () => {
  const { links, problems, hub, ttl } = read(
    rss(
      `<item><title>Tram &amp;amp; bus &lt;b&gt;free&lt;/b&gt;</title><link>/n/1?utm_source=rss</link>
       <guid isPermaLink="false">g1</guid><pubDate>Tue, 10 Nov 2026 10:00:00 +0100</pubDate>
       <author>a@city.example (Jane Roe)</author><dc:creator>Joe Doe</dc:creator><category>Mobility</category>
       <description><![CDATA[<p>From May&nbsp;on.</p><script>x()</script>]]></description>
       <content:encoded><![CDATA[<p>Full text</p>]]></content:encoded></item>`,
      `<language>de-AT</language><ttl>60</ttl><atom:link rel="hub" href="https://hub.example/"/>
       <atom:link rel="self" href="/feeds/news.xml"/>`,
    ),
  );
  expect(problems).toEqual([]);
  expect(links).toEqual([
    {
      url: "https://city.example/n/1?utm_source=rss",
      kind: "article",
      page: 1,
      hints: {
        title: "Tram & bus free",
        teaser: "From May on.",
        authors: ["Jane Roe", "Joe Doe"],
        publishedAt: new Date("2026-11-10T09:00:00Z"),
        language: "de",
        tags: ["Mobility"],
        contentText: "Full text",
        guid: "g1",
      },
    },
  ]);
  expect(hub).toEqual({ url: "https://hub.example/", self: url });
  expect(ttl).toBe(3_600_000);
});

test("Atom: xml:base of entry and feed, alternate link, published before updated", () => {
  const { links } = read(
    `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://z.example/a/"><title>x</title>
     <entry xml:base="b/"><id>tag:1</id><title type="html">Caf&amp;eacute;</title><link rel="edit" href="e"/>
     <link href="c.html"/><author><name>N</name></author><published>2026-11-10T10:00:00Z</published>
     <updated>2026-11-11T10:00:00Z</updated><summary>S</summary><category term="t" label="L"/></entry></feed>`,
  );
  expect(links[0]).toMatchObject({
    url: "https://z.example/a/b/c.html",
    hints: {
      title: "Café",
      publishedAt: new Date("2026-11-10T10:00:00Z"),
      modifiedAt: new Date("2026-11-11T10:00:00Z"),
      language: "fr",
      tags: ["L"],
      authors: ["N"],
    },
  });
});

test("Atom: an entry without another link has its self link as its URL", () => {
  const entry = (links: string) => `<entry><id>urn:1</id><title>T</title>${links}</entry>`;
  const self = (path: string) => `<link rel="self" href="https://city.example${path}"/>`;
  const { links } = read(
    `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>${self("/feed")}
     ${entry(self("/1"))}${entry(`${self("/api/2")}<link href="/2"/>`)}</feed>`,
  );
  expect(links.map((link) => link.url)).toEqual([
    "https://city.example/1",
    "https://city.example/2",
  ]);
});

test("RSS 1.0 and JSON Feed", () => {
  const rdf = read(
    `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
     xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>t</title></channel>
     <item rdf:about="https://city.example/1"><title>One</title><dc:date>2026-11-01</dc:date></item></rdf:RDF>`,
  );
  expect(rdf.links[0]).toMatchObject({
    url: "https://city.example/1",
    hints: { title: "One", publishedAt: new Date("2026-11-01T00:00:00Z") },
  });
  const json = read(
    JSON.stringify({
      version: "https://jsonfeed.org/version/1.1",
      title: "t",
      hubs: [{ type: "WebSub", url: "https://hub.example/" }],
      items: [{ id: "1", url: "/j/1", title: "J", content_html: "<p>x</p>", tags: ["a", "a"] }],
    }),
  );
  expect(json.links[0]?.url).toBe("https://city.example/j/1");
  expect(json.links[0]?.hints).toEqual({
    title: "J",
    contentText: "x",
    tags: ["a"],
    guid: "1",
  });
  expect(json.hub).toEqual({ url: "https://hub.example/", self: url });
});

const good = (n: number) => `<item><title>T${n}</title><link>/${n}</link></item>`;

describe("broken documents", () => {
  test("an entry that is broken harms only itself", () => {
    const broken = `<item><title>a < b & c</b></title><link>/x</item>`;
    const { links, problems } = read(rss(good(1) + broken + good(2)));
    expect(links.map((link) => link.hints.title)).toEqual(["T1", "T2"]);
    expect(problems).toEqual(["broken XML: entries read one by one: 2 of 3"]);
  });

  test("an entry with a tag that nobody closed is still read", () => {
    const open = `<item><title>Open</title><link>/open</link><comments>0</item>`;
    const { links, problems } = read(rss(good(1) + open + good(2)));
    expect(new Set(links.map((link) => link.hints.title))).toEqual(new Set(["T1", "Open", "T2"]));
    expect(problems).toEqual(["broken XML: entries read one by one: 3 of 3"]);
  });

  test("a cut document gives its whole entries", () => {
    const text = rss(good(1) + good(2) + good(3));
    const { links, problems } = read(text.slice(0, text.indexOf("/3<")));
    expect(links).toHaveLength(2);
    expect(problems).toEqual(["broken XML: entries read one by one: 2 of 3"]);
  });

  test("a cut Atom and RSS 1.0 too", () => {
    const atom = `<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id><title>A</title><link href="/a"/></entry><entry><id>2`;
    expect(read(atom).links).toHaveLength(1);
    const rdf = `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>t</title></channel><item><title>A</title><link>/a</link></item><item><ti`;
    expect(read(rdf).links).toHaveLength(1);
  });

  test("a head that is broken hides no entry", () => {
    for (const head of ["<image><url>u</url>", "<image><url>u</image>"]) {
      const { links, problems } = read(rss(good(1) + good(2), head));
      expect(links.map((link) => link.hints.title)).toEqual(["T1", "T2"]);
      expect(problems).toEqual(["broken XML: entries read one by one: 2 of 2"]);
    }
  });

  test("what is too odd to be read entry by entry goes to the lenient parser", () => {
    const text = rss(good(1) + good(2), `<!-- ${"x".repeat(70_000)} -->`);
    const { links, problems } = read(text.slice(0, text.indexOf("2</title>")));
    expect(links[0]?.hints.title).toBe("T1");
    expect(problems[0]).toContain("lenient parser");
  });

  test("control characters don't matter", () => {
    expect(
      read(rss("<item><title>a\u0003b</title><link>/1</link></item>")).links[0]?.hints.title,
    ).toBe("ab");
  });

  test.each([
    ["", "not readable as RSS, Atom or JSON Feed"],
    ["<html><body>hello", "not readable as RSS, Atom or JSON Feed"],
    [
      '{"version":"https://jsonfeed.org/version/1.1","items":[',
      "not readable as RSS, Atom or JSON Feed",
    ],
    [rss(""), "the feed has no entries"],
    [`<!DOCTYPE r [<!ENTITY a "b">]>${rss(good(1))}`, "refused: a DOCTYPE that declares entities"],
    [
      rss(`<item><title>x</title></item><!doctype a [<!ENTITY b "c">]>`),
      "refused: a DOCTYPE that declares entities",
    ],
  ])("%s: %s", (text, problem) => {
    const { links, problems } = read(text);
    expect(links).toEqual([]);
    expect(problems).toContain(problem);
  });

  test("an old DOCTYPE without entities, and one within CDATA, do no harm", () => {
    const dtd =
      '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://x.example/rss-0.91.dtd">';
    expect(read(rss(good(1)).replace("?>", `?>${dtd}`)).links).toHaveLength(1);
    const page = "<description><![CDATA[<!DOCTYPE html [x]>]]></description>";
    expect(read(rss(`<item><title>a</title><link>/1</link>${page}</item>`)).links).toHaveLength(1);
  });
});

test("readers' comments are left out", () => {
  const { links, skipped, problems } = read(
    rss("<item><title>By: Jo</title><link>https://city.example/1#comment-7</link></item>"),
  );
  expect(links).toEqual([]);
  expect(skipped).toEqual([
    { url: "https://city.example/1#comment-7", reason: "filtered", detail: "a reader's comment" },
  ]);
  expect(problems).toEqual(["no entry of the feed is an article"]);
});

test("ids that repeat are dropped; a permalink id replaces a link that all entries share", () => {
  const same = read(
    rss(
      [1, 2]
        .map((n) => `<item><title>${n}</title><link>/${n}</link><guid>same</guid></item>`)
        .join(""),
    ),
  );
  expect(same.links.map((link) => link.hints.guid)).toEqual([undefined, undefined]);
  expect(same.problems[0]).toContain("aren't unique");
  const home = read(
    rss(
      [1, 2]
        .map(
          (n) =>
            `<item><title>${n}</title><link>/</link><guid>https://city.example/${n}</guid></item>`,
        )
        .join(""),
    ),
  );
  expect(home.links.map((link) => link.url)).toEqual([
    "https://city.example/1",
    "https://city.example/2",
  ]);
});

test("entries without any address are counted as bad", () => {
  expect(read(rss("<item><title>x</title></item>")).skipped[0]?.reason).toBe("bad-url");
});

test("at most 2,000 entries, newest first", () => {
  const items = Array.from({ length: 2100 }, (_, n) => {
    const at = new Date(now.getTime() - (2100 - n) * 60_000).toUTCString();
    return `<item><title>${n}</title><link>/${n}</link><pubDate>${at}</pubDate></item>`;
  });
  const { links, skipped } = read(rss(items.join("")));
  expect(links).toHaveLength(2000);
  expect(links[0]?.hints.title).toBe("2099");
  expect(skipped).toHaveLength(100);
  expect(skipped[0]).toMatchObject({ url: "https://city.example/99", reason: "too-many" });
});

test("waits for update period and skipped hours, at most a day", () => {
  const period =
    "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>";
  expect(read(rss("", period)).ttl).toBe(1_800_000);
  const hours = "<skipHours><hour>12</hour><hour>13</hour><hour>14</hour></skipHours>";
  expect(read(rss("", hours)).ttl).toBe(3 * 3_600_000);
  expect(read(rss("", "<ttl>99999</ttl>")).ttl).toBe(86_400_000);
  expect(read(rss("")).ttl).toBeNull();
});

test("a long summary is content, and no teaser", () => {
  const text = "word ".repeat(400).trim();
  const { links } = read(
    rss(
      `<item><title>x</title><link>/1</link><description><![CDATA[<p>${text}</p>]]></description></item>`,
    ),
  );
  expect(links[0]?.hints.contentText).toBe(text);
  expect(links[0]?.hints.teaser).toBeUndefined();
});

describe("licences of items (RSL 1.0 section 4.7)", () => {
  const item = (path: string, content: string, origin = "https://city.example") =>
    `<item><title>${path}</title><link>${origin}${path}</link>${content}</item>`;
  const content = (at: string, terms: string) =>
    `<rsl:content url="${at}"><rsl:license>${terms}</rsl:license></rsl:content>`;
  const permits = (uses: string) => `<rsl:permits type="usage">${uses}</rsl:permits>`;
  const usageOf = (items: string) => {
    const feed = rss(items).replace("<rss ", '<rss xmlns:rsl="https://rslstandard.org/rsl" ');
    return Object.fromEntries(
      read(feed).links.map((link) => [
        link.url.replace(/^.*\//, "/"),
        (link.hints.usage ?? []).map(({ text, denies = [] }) => [text, ...denies].join(" ")),
      ]),
    );
  };
  const noTraining = permits("all") + '<rsl:prohibits type="usage">ai-train</rsl:prohibits>';

  test("hold for the page that each names, with where and when they were seen", () => {
    const found = usageOf(
      item("/1", content("https://city.example/1", noTraining)) +
        item("/2", content("https://city.example/2", permits("all"))) +
        item("/3", ""),
    );
    expect(found).toEqual({
      "/1": ["permits all", "prohibits ai-train ai-train"],
      "/2": ["permits all"],
      "/3": [],
    });
    const feed = rss(item("/1", content("https://city.example/1", noTraining)));
    const { links } = read(feed.replace("<rss ", '<rss xmlns:rsl="https://rslstandard.org/rsl" '));
    const seen = { format: "rsl", place: "licence", url, seenAt: now };
    expect(links[0]?.hints.usage).toMatchObject([seen, seen]);
  });

  test("permit nothing at another origin than the feed's, and may deny there", () => {
    const elsewhere = "https://other.example";
    const found = usageOf(
      item("/1", content(`${elsewhere}/1`, permits("all")), elsewhere) +
        item("/2", content(`${elsewhere}/2`, noTraining), elsewhere),
    );
    expect(found).toEqual({ "/1": [], "/2": ["prohibits ai-train ai-train"] });
  });

  test.each([
    ["have no address", content("", permits("all"))],
    ["have an unknown element", content("https://city.example/1", "<rsl:allow/>")],
  ])("leave machines unlicensed where some %s", (_, broken) => {
    const { "/1": texts, "/2": others } = usageOf(item("/1", broken) + item("/2", ""));
    for (const said of [texts, others])
      expect(said?.join()).toMatch(/unlicensed: .* analysis ai-input ai-train/);
  });

  test("are read in time that a busy feed allows", async () => {
    const of = (n: number) => item(`/${n}`, content(`https://city.example/${n}`, noTraining));
    const items = Array.from({ length: 300 }, (_, n) => of(n)).join("");
    expect(await leastCpuOf(() => usageOf(items), 3000)).toBeLessThan(3000);
  });

  test("are read in time where each of 1,000 items forbids everything everywhere", async () => {
    const licence = content("", '<rsl:prohibits type="usage">all</rsl:prohibits>');
    const items = Array.from({ length: 1000 }, (_, n) => item(`/${n}`, licence)).join("");
    expect(await leastCpuOf(() => usageOf(items), 3000)).toBeLessThan(3000);
  });
});
