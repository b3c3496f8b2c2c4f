import { beforeAll, describe, expect, it } from "vitest";
import { extract } from "../../../extractors/extract.ts";
import { prepare } from "../../../extractors/language.ts";
import { Select } from "../../../model/sources/source.ts";
import { growthOf, LINEAR } from "../../helpers/cpu.ts";

const now = new Date("2025-06-01T12:00:00Z");
const url = "https://gazette.example/news/harbour";
const P =
  "<p>The harbour office counted 4,100 boats this spring, and most of them came back twice.</p>";
const read = (html: string, more = {}) => extract({ html, url, now, ...more });

beforeAll(prepare);

it("a short article that a script app holds as one string of markup is found", () => {
  const state = JSON.stringify({
    props: { post: { html: `${P}<p>It reopens in May.</p>${P}${P}` } },
  });
  const page = `<h1>Boats come back</h1><div id=app></div><script id="__NEXT_DATA__" type="application/json">${state}</script>`;
  const { fields, evidence } = read(page);
  expect(fields.text).toContain("It reopens in May.");
  expect(evidence.text?.rule).toBe("embedded state");
});

it("a film's page has the day on which it was put up, an article its own", () => {
  const film = `<script type="application/ld+json">{"@type":"VideoObject","name":"Boats","uploadDate":"2025-05-04"}</script>`;
  const dayOf = (html: string) => read(html).fields.publishedAt?.toISOString().slice(0, 10);
  expect(dayOf(`${film}<h1>Boats come back</h1>${P}`)).toBe("2025-05-04");
  expect(dayOf(`${film}<h1>Boats come back</h1><p>3 May 2025</p>${P}`)).toBe("2025-05-03");
});

it("the meta elements of Chinese government sites give title, site, section and organisation", () => {
  const meta = (name: string, content: string) => `<meta name="${name}" content="${content}">`;
  const head = [
    meta("SiteName", "港口市人民政府"),
    meta("ColumnName", "政务动态"),
    meta("ArticleTitle", "港口向所有船只开放"),
    meta("ContentSource", "港口管理局"),
  ].join("");
  const { title, siteName, section, authors, organisations } = read(
    `<head><title>详情页</title>${head}</head><p>港口办公室今年春天统计了四千一百艘船。</p>`,
  ).fields;
  expect({ title, siteName, section, authors, organisations }).toEqual({
    title: "港口向所有船只开放",
    siteName: "港口市人民政府",
    section: "政务动态",
    authors: null,
    organisations: ["港口管理局"],
  });
});

it("a date is read in the page's language", () => {
  const page = `<html lang="hr"><h1>Brodovi se vraćaju</h1><p>5. listopada 2024.</p>${P}</html>`;
  expect(read(page).fields.publishedAt?.toISOString().slice(0, 10)).toBe("2024-10-05");
});

it.each([
  "twitter-tweet",
  "bluesky-embed",
  "mastodon-embed",
  "instagram-media",
  "tiktok-embed",
  "fb-post",
])("the date of an embedded post is not the article's: %s", (name) => {
  const post = `<blockquote class="${name}"><p>See the boats!</p>— Harbour (@harbour) <a href="https://post.example/1">May 3, 2025</a></blockquote>`;
  const time = `<time datetime="2025-05-20T10:00:00+02:00">12 days ago</time>`;
  const { publishedAt } = read(`<h1>Boats come back</h1>${time}${P}${post}${P}`).fields;
  expect(publishedAt?.toISOString()).toBe("2025-05-20T08:00:00.000Z");
});

describe("a review in JSON-LD", () => {
  const review = {
    "@type": "Review",
    name: "Best boats",
    author: { "@type": "Person", name: "Moira Kettle" },
    datePublished: "2025-05-04",
  };
  const comment = { "@type": "Comment", text: "Fine boats", datePublished: "2025-05-05" };
  const pageWith = (node: unknown) =>
    read(
      `<script type="application/ld+json">${JSON.stringify(node)}</script><h1>Boats for hire</h1>${P}`,
    ).fields;

  it("by a customer gives a shop's page no author or date", () => {
    const { authors, publishedAt } = pageWith({
      "@type": "LocalBusiness",
      name: "Boat hire",
      review,
      comment,
    });
    expect([authors, publishedAt]).toEqual([null, null]);
  });

  it.each([
    { headline: "The best boats of the year" },
    { url },
    { publisher: { "@type": "Organization", name: "Gazette" } },
    { "@type": ["NewsArticle", "Review"] },
  ])("that is the page's article gives its author and date: %j", (more) => {
    const { authors, publishedAt } = pageWith({ ...review, ...more });
    expect([authors, publishedAt?.toISOString().slice(0, 10)]).toEqual([
      ["Moira Kettle"],
      "2025-05-04",
    ]);
  });
});

it("the date of a fact check in JSON-LD is the page's, not that of the claim", () => {
  const check = {
    "@type": "ClaimReview",
    datePublished: "2025-05-13",
    itemReviewed: { "@type": "Claim", datePublished: "2025-05-07" },
  };
  const { publishedAt } = read(
    `<script type="application/ld+json">${JSON.stringify(check)}</script><h1>Boats fly</h1>${P}`,
  ).fields;
  expect(publishedAt?.toISOString().slice(0, 10)).toBe("2025-05-13");
});

describe("a source's own selectors", () => {
  const page = `<h1>Wrong</h1><div class="t">Right title</div><div class="b">${P}<div class="x">${P}</div></div><span class="w">2 May 2025</span><p>By <b class="who">Moira Kettle</b></p>`;
  const select = [
    Select.parse({ title: ".t", text: ".b", remove: [".x"], publishedAt: ".w", authors: ".who" }),
    Select.parse({ validFrom: "2026-01-01", title: "h1" }),
  ];

  it("win over every rule, from the day on from which they are valid", () => {
    const { fields, evidence } = read(page, { select });
    expect(fields.title).toBe("Right title");
    expect(fields.text).toBe(P.replace(/<\/?p>/g, ""));
    expect(fields.authors).toEqual(["Moira Kettle"]);
    expect(fields.publishedAt?.toISOString()).toBe("2025-05-02T00:00:00.000Z");
    expect(evidence.title).toEqual({ rule: "select", seen: "Right title", confidence: 1 });
    expect(read(page, { select, now: new Date("2026-02-01") }).fields.title).toBe("Wrong");
  });

  it("fall back to the rules where they find nothing or can't be read", () => {
    const broken = [Select.parse({ title: "h1[", text: ".gone" })];
    const { fields } = read(`<title>Harbour full</title><h1>Harbour full</h1>${P}${P}`, {
      select: broken,
    });
    expect(fields.title).toBe("Harbour full");
    expect(fields.text).toContain("4,100 boats");
  });
});

describe("hostile and odd pages", () => {
  it("serialises a body that no reader's browser would run", () => {
    const body = `<article><h1>T</h1><p onclick="a()">Read <a href="javascript:alert(1)">this</a>, <a href="/x" onmouseover="b()">that</a> and <script>alert(2)</script><b>more &lt;img src=x onerror=c()&gt;</b> of it, in one long line of text.</p>${P}</article>`;
    const { html } = read(body).fields;
    expect(html).toContain(
      '<p>Read this, <a href="https://gazette.example/x">that</a> and <b>more &lt;img',
    );
    expect(html).not.toMatch(/<script|onclick|onmouseover|javascript:|<img/);
  });

  it.each([
    ["line breaks", "<div>", "some words here<br>", 30_000],
    ["open paragraphs", "", "<p>some words here", 25_000],
    ["nested bold", "", "<b>", 50_000],
    ["dates", "<p>", "12 March 2024, ", 30_000],
    ["authors", "", "<span class=author>Jane Doe</span>", 25_000],
    ["forms", "<form>".repeat(300), "<span class=author>Jane Doe</span>", 15_000],
    ["unclosed JSON-LD", '<script type="application/ld+json">', "[", 100_000],
    ["pictures", "", "<div><img src=x><span>caption</span></div>", 15_000],
  ])("takes a page of %s in linear time", async (_name, start, unit, times) => {
    const page = (n: number) => start + unit.repeat(n) + P;
    expect(await growthOf(times, page, (html) => read(html))).toBeLessThan(LINEAR);
  });

  it("leaves out what the server's program says of its own faults", () => {
    const fault =
      "<br /><b>Deprecated</b>: Function set_quotes() is deprecated in <b>/www/blog/load.php</b> on line <b>52</b><br />";
    const story =
      "<p>Der Hafen z\u00e4hlte im Fr\u00fchjahr mehr als viertausend Boote, und die meisten kamen zweimal.</p>";
    const { fields } = read(`${fault.repeat(20)}<h1>Der Hafen ist voll</h1>${story}`);
    expect(fields.text).toBe(story.replace(/<\/?p>/g, ""));
    expect(fields.language).toBe("de");
  });

  it("answers for an empty page", () => {
    const { fields, page } = read("");
    expect(fields).toMatchObject({ title: null, text: null, authors: null, publishedAt: null });
    expect(page.kind).not.toBe("article");
  });
});

describe("what the page says of itself", () => {
  it("is kept: what it declares on its use, AMP, canonical address, access", () => {
    const html = `<head><meta name="robots" content="noindex, noarchive"><meta name="tdm-reservation" content="1"><link rel="amphtml" href="/amp/harbour"><link rel="canonical" href="https://www.gazette.example/news/harbour"><script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour full","isAccessibleForFree":"False"}</script></head><h1>Harbour full</h1>${P}`;
    const { fields, page } = read(html);
    expect(page.declared).toMatchObject({
      robots: [{ name: "robots", content: "noindex, noarchive" }],
      tdmReservation: "1",
      isAccessibleForFree: false,
    });
    expect(page.ampUrl).toBe("https://gazette.example/amp/harbour");
    expect(fields.canonicalUrl).toBe("https://www.gazette.example/news/harbour");
    expect(fields.isAccessibleForFree).toBe(false);
  });

  const declaredIn = (head: string) =>
    read(`<head>${head}</head><h1>Harbour full</h1>${P}`).page.declared;
  const meta = (name: string, content: string) => `<meta name="${name}" content="${content}">`;
  const rsl = 'type="application/rsl+xml"';
  it.each([
    [meta("robots", "nosnippet"), { robots: [{ name: "robots", content: "nosnippet" }] }],
    [meta("Newsgather", "NoIndex"), { robots: [{ name: "newsgather", content: "NoIndex" }] }],
    [
      '<meta http-equiv="X-Robots-Tag" content="noai">',
      { robots: [{ name: "robots", content: "noai" }] },
    ],
    [meta("tdm-reservation", " 1 "), { tdmReservation: "1" }],
    [meta("tdm-reservation", "0"), { tdmReservation: "0" }],
    [meta("tdm-reservation", "0") + meta("tdm-reservation", "1"), { tdmReservation: "1" }],
    [meta("tdm-policy", "https://p.example/1"), { tdmPolicy: "https://p.example/1" }],
    [`<link rel="license" ${rsl} href="/l.xml">`, { licences: ["https://gazette.example/l.xml"] }],
    [`<script ${rsl}><rsl/></script>`, { licenceTexts: ["<rsl/>"] }],
    [
      '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour full","license":"https://l.example/","usageInfo":{"@id":"/use"}}</script>',
      { license: "https://l.example/", usageInfo: "https://gazette.example/use" },
    ],
  ])("declares what it says on its use: %s", (head, declared) => {
    expect(declaredIn(head)).toMatchObject(declared);
  });

  it("declares one licence more than are read, so that those that aren't are known of", () => {
    const links = [1, 2, 3, 4, 5, 6, 7].map((n) => `<link rel="license" ${rsl} href="/${n}.xml">`);
    expect(declaredIn(links.join(""))?.licences).toHaveLength(6);
    expect(declaredIn(`<script ${rsl}><rsl/></script>`.repeat(7))?.licenceTexts).toHaveLength(6);
  });

  it.each([
    "",
    meta("robots", "index, follow, max-image-preview:large"),
    meta("description", "Of noindexed things"),
    '<link rel="license" href="/terms.html">',
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour full","isAccessibleForFree":true}</script>',
  ])("declares nothing on its use: %s", (head) => {
    expect(declaredIn(head)).toBeUndefined();
  });

  it("names its versions for phones and for print, not its translations or feeds", () => {
    const link = (media: string, href: string, more = "") =>
      `<link rel="alternate" media="${media}" href="${href}" ${more}>`;
    const html = `${link("print", "/print/harbour")}${link("only screen and (max-width: 640px)", "https://m.gazette.example/harbour")}
      ${link("print", "/de/print", 'hreflang="de"')}${link("", "/feed", 'type="application/rss+xml"')}${link("print", "/news/harbour")}<h1>Harbour full</h1>${P}`;
    expect(read(html).page.variants).toEqual([
      { url: "https://gazette.example/print/harbour", kind: "print" },
      { url: "https://m.gazette.example/harbour", kind: "mobile" },
    ]);
  });

  it("doesn't name another site or the home page as its canonical address", () => {
    const canonical = (href: string) =>
      read(`<link rel="canonical" href="${href}"><h1>Harbour full</h1>${P}`).fields.canonicalUrl;
    expect(canonical("https://elsewhere.example/news/harbour")).toBeNull();
    expect(canonical("https://gazette.example/")).toBeNull();
  });
});

describe("dates", () => {
  it("never lie in the future, and fall back to the entry point's", () => {
    const ahead = '<meta property="article:published_time" content="2025-06-01T20:00:00Z">';
    expect(read(`${ahead}<h1>Harbour full</h1>${P}`).fields.publishedAt).toEqual(now);
    const far = '<meta property="article:published_time" content="2031-06-01T20:00:00Z">';
    const hints = { publishedAt: new Date("2025-05-30T08:00:00Z") };
    const { fields, evidence } = read(`${far}<h1>Harbour full</h1>${P}`, { hints });
    expect(fields.publishedAt).toEqual(hints.publishedAt);
    expect(evidence.publishedAt?.rule).toBe("entry point");
  });

  it("are shown in the zone of the clock that readers see", () => {
    const ld =
      '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour full","datePublished":"2025-05-02T03:28:35Z"}</script>';
    const { fields } = read(`${ld}<h1>Harbour full</h1><p>May 1, 2025, 10:28 p.m.</p>${P}`);
    expect(fields.publishedAt?.toISOString()).toBe("2025-05-02T03:28:35.000Z");
    expect(fields.publishedOffset).toBe(-300);
  });

  it("are shown in a zone that is a quarter of an hour off", () => {
    const ld =
      '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour full","datePublished":"2025-05-02T03:28:35Z"}</script>';
    const { fields } = read(`${ld}<h1>Harbour full</h1><p>May 2, 2025, 9:13 a.m.</p>${P}`);
    expect(fields.publishedOffset).toBe(5 * 60 + 45);
  });

  it("aren't shown in the zone of a time that no zone has", () => {
    const ld =
      '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour full","datePublished":"2025-05-02T03:28:35Z"}</script>';
    const { fields } = read(`${ld}<h1>Harbour full</h1><p>Updated May 2, 2025, 3:43 a.m.</p>${P}`);
    expect(fields.publishedOffset).toBe(0);
  });
});

describe("a page without text", () => {
  const stated = `<script type="application/ld+json">{"@type":"NewsArticle","headline":"Boats come back"}</script>`;
  const app = `<script src="/app.js"></script><nav>${"<a href=/x>Boats and harbours</a> ".repeat(5)}</nav>`;
  const LONG = ["spring", "summer", "winter"].map((season) => P.replace("spring", season)).join("");
  const published = { hints: { publishedAt: now } };
  const isUnfilled = (html: string, more = {}) => read(html, more).page.unfilled ?? false;

  it.each([
    ["says that it is an article and has scripts", `${stated}${app}<h1>Boats</h1>`, {}, true],
    [
      "was announced by an entry with a date and has scripts",
      `${app}<h1>Boats</h1>`,
      published,
      true,
    ],
    ["has data as its only script", `${stated}<h1>Boats</h1>`, {}, false],
    ["says nothing of an article", `${app}<h1>Boats</h1>`, {}, false],
    ["has a text", `${stated}${app}<h1>Boats</h1>${LONG}`, {}, false],
  ])("that %s", (_, html, more, expected) => {
    expect(isUnfilled(html, more)).toBe(expected);
  });

  it("may be filled by scripts though it has pictures in a box", () => {
    const box = `<div class="gallery">${"<img src=a.jpg>".repeat(6)}</div>`;
    const { kind, unfilled } = read(`${stated}${app}<h1>Boats</h1>${box}`).page;
    expect({ kind, unfilled }).toEqual({ kind: "gallery", unfilled: true });
  });

  it("says so itself where it asks for a password", () => {
    const form = `<h1>Log in</h1><form><input type="password"></form>`;
    expect(isUnfilled(`${stated}${app}${form}`)).toBe(false);
  });
});

it.each([
  ["en-US", "2025-03-04"],
  ["en-GB", "2025-04-03"],
  ["en-CA", "2025-04-03"],
  ["en", "2025-03-04"],
  ["fr-CA", "2025-04-03"],
])("a date on a page without a language is read by the source's language, %s", (language, day) => {
  const page = `<h1>Boats come back</h1><time>03/04/2025</time>${P}`;
  expect(read(page, { language }).fields.publishedAt?.toISOString().slice(0, 10)).toBe(day);
});
