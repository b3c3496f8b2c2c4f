import { expect, test } from "vitest";
import { parsePage } from "../../../../../crawler/links/hints.ts";
import { inferListing } from "../../../../../crawler/links/infer/listing.ts";
import { readListing } from "../../../../../crawler/links/listing.ts";
import { urlKey } from "../../../../../crawler/links/url.ts";
import { DAY_MS } from "../../../../../lib/time.ts";
import { growthOf, LINEAR } from "../../../../helpers/cpu.ts";
import type { Half } from "../../../../helpers/labelled.ts";
import { LAYOUT_NOW, type LaidOut, laidOut } from "../../../../helpers/layouts/layouts.ts";
import { measured } from "../../../../helpers/measured.ts";

/** What an inferred listing got right of a page; shares of its entries, `next` 0 or 1. */
function measure({ layout, url, html, items }: LaidOut) {
  const context = { language: layout.language, now: LAYOUT_NOW };
  const listing = inferListing(parsePage(html), url, context);
  if (!listing) return null;
  const input = { text: html, url, page: 1, listing };
  const { links } = readListing(input, layout.language, LAYOUT_NOW);
  const articles = new Map(
    links.filter((link) => link.kind === "article").map((link) => [urlKey(link.url), link]),
  );
  const found = items.map((item) => articles.get(urlKey(new URL(item.path, url).href)));
  const share = (is: (n: number) => boolean) => items.filter((_, n) => is(n)).length / items.length;
  const next = links.find((link) => link.kind === "listing");
  return {
    recall: share((n) => found[n] !== undefined),
    precision: found.filter(Boolean).length / Math.max(1, articles.size),
    title: share((n) => found[n]?.hints.title === items[n]?.title),
    date: share((n) => {
      const [read, known] = [found[n]?.hints.publishedAt, items[n]?.published];
      if (!layout.date) return read === undefined;
      return (
        read !== undefined && known !== undefined && Math.abs(Number(read) - Number(known)) < DAY_MS
      );
    }),
    teaser: share(
      (n) => !layout.hasTeaser || (found[n]?.hints.teaser ?? "").includes(items[n]?.teaser ?? "-"),
    ),
    next:
      layout.next === null ? Number(!next) : Number(next?.url === new URL(layout.next, url).href),
  };
}

const FIELDS = ["recall", "precision", "title", "date", "teaser", "next"] as const;

test.each<[Half, Record<(typeof FIELDS)[number], number>]>([
  ["tuning", { recall: 0.98, precision: 0.98, title: 0.98, date: 0.9, teaser: 0.9, next: 0.95 }],
  ["held-out", { recall: 0.95, precision: 0.95, title: 0.95, date: 0.9, teaser: 0.7, next: 0.9 }],
])("the listings of %s layouts are inferred from their structure", (half, floors) => {
  const pages = laidOut().filter((page) => page.half === half);
  const told = pages.map((page) => ({ name: page.layout.name, ...measure(page) }));
  const means = FIELDS.map((field) => {
    const sum = told.reduce((total, one) => total + (one[field] ?? 0), 0);
    return [field, sum / told.length] as const;
  });
  const words = means.map(([field, mean]) => `${field} ${mean.toFixed(3)}`).join(", ");
  measured(`listings inferred of ${pages.length} ${half} layouts: ${words}`);
  for (const [field, mean] of means) {
    const short = told.filter((one) => (one[field] ?? 0) < 1).map(({ name }) => name);
    expect.soft(mean, `${field}: ${short.join()}`).toBeGreaterThanOrEqual(floors[field]);
  }
});

test("a page without a list has none", () => {
  const page = `<main><h1>Contact</h1><p>Write to us.</p><a href="/a">Map</a><a href="/b">Hours</a></main>`;
  const context = { language: "en", now: LAYOUT_NOW };
  expect(inferListing(parsePage(page), "https://city.example/contact", context)).toBeNull();
});

test("headlines in hiragana outweigh a shorter list of offices in ideographs", () => {
  const headlines = [
    "あたらしいまちづくりがはじまります",
    "みんなでつくるやさしいまち",
    "こどもたちのためのあそびば",
    "まちのおしらせをとどけます",
    "おまつりのおてつだいをおねがいします",
  ];
  const offices = ["総務部企画政策課", "都市整備部計画課", "市民生活部環境課", "教育委員会総務課"];
  const list = (words: string[], path: string) =>
    `<ul class="${path}">${words.map((one, n) => `<li><a href="/${path}/${n}">${one}</a></li>`).join("")}</ul>`;
  const page = `<body>${list(offices, "office")}${list(headlines, "headlines")}</body>`;
  const url = "https://machi.example/";
  const listing = inferListing(parsePage(page), url, { language: "ja", now: LAYOUT_NOW });
  if (!listing) throw new Error("the page has two lists");
  const { links } = readListing({ text: page, url, page: 1, listing }, "ja", LAYOUT_NOW);
  expect(links.map(({ hints }) => hints.title)).toEqual(headlines);
});

test.each([
  {
    language: "hi",
    tiles: ["संपत्ति कर", "जल आपूर्ति", "जन्म प्रमाणपत्र", "स्वास्थ्य सेवाएँ", "भवन अनुमति", "ऑनलाइन भुगतान"],
    headlines: [
      "नगर निगम ने नए बजट को मंजूरी दी",
      "मुख्य मार्ग पर सड़क निर्माण सोमवार से शुरू",
      "सार्वजनिक पुस्तकालय का समय बढ़ाया गया",
      "महापौर ने नए भवन का उद्घाटन किया",
    ],
  },
  {
    language: "th",
    tiles: ["ติดต่อเรา", "ภาษีที่ดิน", "น้ำประปา", "สาธารณสุข", "ห้องสมุด", "ใบอนุญาต"],
    headlines: [
      "เทศบาลอนุมัติงบประมาณใหม่ประจำปี",
      "เริ่มก่อสร้างถนนสายหลักวันจันทร์นี้",
      "ห้องสมุดประชาชนขยายเวลาเปิดทำการ",
      "นายกเทศมนตรีเปิดอาคารใหม่",
    ],
  },
])("headlines outweigh more links to services ($language)", ({ language, tiles, headlines }) => {
  const list = (name: string, texts: string[]) =>
    texts.map((text, n) => `<div class="${name}"><a href="/${name}/v${n}">${text}</a></div>`);
  const page = [...list("service", tiles), "<hr>", ...list("entry", headlines)].join("");
  expect(titlesOf(`<body>${page}</body>`, language)).toEqual(headlines);
});

test("a list is found by a class that begins with news", () => {
  const list = (name: string, titles: string[]) =>
    `<ul class="${name}">${titles.map((title, n) => `<li><a href="/${n}-${name}">${title}</a></li>`).join("")}</ul>`;
  const titles = ["Council opens a digital desk", "Buses report where they are now"];
  const page = `<body>${list("offices", ["Mayor", "Police", "Library"])}${list("newslist", [...titles, "Sensors count bikes on the bridge"])}</body>`;
  const context = { language: "en", now: LAYOUT_NOW };
  const listing = inferListing(parsePage(page), "https://city.example/", context);
  expect(listing?.item).toBe("ul.newslist > li");
});

const HEADLINES = [
  "Council approves the new budget for 2027",
  "Road works on Main Street begin on Monday",
  "Library extends its opening hours",
  "Mayor opens the renovated town hall today",
];
const cards = HEADLINES.map(
  (headline, n) => `<div class="card"><h3><a href="/news/a${n}">${headline}</a></h3></div>`,
).join("");
/** Returns the cards with a footer in each. */
const footed = (tag: string) =>
  cards.replaceAll("</h3>", `</h3><${tag} class="footer">City</${tag}>`);

/** Returns the links that an inferred listing finds, none without a listing. */
function linksOf(page: string, language = "en") {
  const url = "https://city.example/news";
  const listing = inferListing(parsePage(page), url, { language, now: LAYOUT_NOW });
  if (!listing) return [];
  return readListing({ text: page, url, page: 1, listing }, language, LAYOUT_NOW).links;
}
const nextOf = (page: string) => linksOf(page).find(({ kind }) => kind === "listing")?.url;
const hintsOf = (page: string, language?: string) =>
  linksOf(page, language)
    .filter(({ kind }) => kind === "article")
    .map(({ hints }) => hints);
const titlesOf = (page: string, language?: string) =>
  hintsOf(page, language).map(({ title }) => title);

test.each([
  ["a form with the view state", `<form><input name="__VIEWSTATE">${cards}</form>`],
  ["a form around the main content", `<form><div id="main">${cards}</div></form>`],
  ["a form around the footer", `<form><div>${cards}</div><footer></footer></form>`],
  [
    "a form around cards and footer",
    `<form><div>${footed("footer")}</div><footer class="footer"></footer></form>`,
  ],
  ["a layout with a sidebar", `<div class="layout--sidebar-right"><main>${cards}</main></div>`],
  ["content with a sidebar", `<div id="content" class="with-sidebar">${cards}</div>`],
  [
    "a layout with a sidebar inside the main content",
    `<main><div class="with-sidebar"><h1>News</h1>${cards}</div></main>`,
  ],
])("a list is found in %s", (_, page) => {
  expect(titlesOf(`<body>${page}</body>`)).toEqual(HEADLINES);
});

test.each([
  ["a navbar with the logo as heading", `<div class="navbar"><h1>City</h1>${cards}</div>`],
  ["a sidebar", `<div class="sidebar">${cards}</div>`],
  ["a form for filters", `<form class="filter">${cards}</form>`],
  ["an aside with a footer", `<aside>${cards}<footer></footer></aside>`],
  ["navigation named main", `<nav><div id="main">${cards}</div></nav>`],
])("no list is found in %s", (_, part) => {
  const page = `<body>${part}<main><h1>Welcome</h1></main><footer></footer></body>`;
  expect(titlesOf(page)).toEqual([]);
});

test("the footers of cards don't make a sidebar content", () => {
  const page = `<body><main><h1>Welcome</h1></main><div class="sidebar">${footed("div")}</div></body>`;
  expect(titlesOf(page)).toEqual([]);
});

test.each([
  ["article", "post hentry category-news tag-budget"],
  ["article", "post category-social"],
  ["div", "post hentry category-popular"],
])("entries of WordPress (%s) are a list, whatever their tags: %s", (tag, classes) => {
  const entries = HEADLINES.map(
    (headline, n) =>
      `<${tag} class="post-120${n} ${classes}"><h2><a href="/a${n}">${headline}</a></h2></${tag}>`,
  );
  expect(titlesOf(`<body>${entries.join("")}</body>`)).toEqual(HEADLINES);
});

test("entries of WordPress are a list, even if each has another category", () => {
  const categories = ["roads", "water", "parks", "schools"];
  const entries = HEADLINES.map(
    (headline, n) =>
      `<div class="hentry category-${categories[n]}"><a href="/a${n}">${headline}</a></div>`,
  );
  expect(titlesOf(`<body><div>${entries.join("")}</div></body>`)).toEqual(HEADLINES);
});

test("entries whose classes number them are a list", () => {
  const rows = HEADLINES.map((headline, n) => {
    const classes = `views-row views-row-${n + 1} views-row-${n % 2 ? "even" : "odd"}`;
    return `<li class="${classes}"><a href="/news/a${n}">${headline}</a></li>`;
  });
  expect(titlesOf(`<body><ul>${rows.join("")}</ul></body>`)).toEqual(HEADLINES);
});

test("dates and teasers are found by the class names of BEM", () => {
  const entries = HEADLINES.map(
    (headline, n) => `<div class="teaser"><span class="teaser__topic">City</span>
      <a class="teaser__title" href="/news/a${n}">${headline}</a>
      <span class="teaser__published">2${n} November 2026</span>
      <span class="teaser__description">The council decides on this at its ${n + 1}. meeting</span>
      </div>`,
  );
  const [first] = hintsOf(`<body>${entries.join("")}</body>`);
  expect(first).toEqual({
    title: HEADLINES[0],
    teaser: "The council decides on this at its 1. meeting",
    publishedAt: new Date("2026-11-20T00:00:00Z"),
  });
});

test.each([
  ["a date", "<span class='d'>20.11.2026</span>"],
  ["a date of many words", "<span class='d'>Posted on Friday, 20 November 2026</span>"],
  ["a topic", "<span>City life</span>"],
  ["a department that all links name", "<span>Department of Health and Care</span>"],
  ["an author of all links", "<span>Published by John Smith</span>"],
])("the headline of a link is its first long part, after %s", (_, before) => {
  const teaser = "The council decides on this at its next meeting in the town hall";
  const entries = HEADLINES.map(
    (headline, n) =>
      `<li><a href="/news/a${n}">${before}<span class="t">${headline}</span><span>${teaser}</span></a></li>`,
  );
  expect(titlesOf(`<body><ul>${entries.join("")}</ul></body>`)).toEqual(HEADLINES);
});

test("a reading time isn't a headline, whatever its number", () => {
  const entries = HEADLINES.map(
    (headline, n) =>
      `<li><a href="/news/a${n}"><span>${n + 2} min de lecture</span><b class="t">${headline}</b></a></li>`,
  );
  expect(titlesOf(`<body><ul>${entries.join("")}</ul></body>`, "fr")).toEqual(HEADLINES);
});

test("numbered headlines aren't a part that all links share", () => {
  const titles = HEADLINES.map((_, n) => `Council meeting minutes of week ${n + 10}`);
  const entries = titles.map(
    (title, n) =>
      `<li><a href="/news/a${n}"><b class="t">${title}</b><span class="s">${HEADLINES[n]} at its next meeting</span></a></li>`,
  );
  expect(titlesOf(`<body><ul>${entries.join("")}</ul></body>`)).toEqual(titles);
});

test("a date inside a link isn't its headline", () => {
  const entries = HEADLINES.map(
    (headline, n) =>
      `<li><a href="/news/a${n}">${headline} <span class="d">2${n}.11.2026</span><span>News</span></a></li>`,
  );
  const [first] = hintsOf(`<body><ul>${entries.join("")}</ul></body>`);
  expect(first?.title).toContain(HEADLINES[0]);
  expect(first?.publishedAt).toEqual(new Date("2026-11-20T00:00:00Z"));
});

test("entries that differ only by a number inside their links are a list", () => {
  const entries = [1, 2, 3].map(
    (n) => `<li><a href="/gazette/${n}">Official gazette <b>No. ${n}</b></a></li>`,
  );
  const titles = titlesOf(`<body><ul>${entries.join("")}</ul></body>`);
  expect(titles[0]).toBe("Official gazette No. 1");
});

test("a highlighted word is part of the headline", () => {
  const entries = HEADLINES.map(
    (headline, n) =>
      `<li><a href="/news/a${n}">${headline.replace(/ (\w+) /, " <b>$1</b> ")}</a> <i>City</i></li>`,
  );
  expect(titlesOf(`<body><ul>${entries.join("")}</ul></body>`)).toEqual(HEADLINES);
});

test.each([
  "Older posts",
  "Older posts →",
  "← Older posts",
  "« Older Entries",
  "‹ הבא",
  "التالي ←",
])("the next page is behind the link %s", (text) => {
  const page = `<body>${cards}<a class="older" href="/news/old">${text}</a></body>`;
  expect(nextOf(page)).toBe("https://city.example/news/old");
});

test("a link that only begins with an arrow leads to no next page", () => {
  expect(
    nextOf(`<body>${cards}<a class="newer" href="/news/new">« Newer posts</a></body>`),
  ).toBeUndefined();
});

test("a link of many arrows is read in time that grows in proportion", async () => {
  const page = (n: number) => `<body>${cards}<a href="/x">${"›".repeat(n)}x</a></body>`;
  expect(await growthOf(20_000, page, nextOf)).toBeLessThan(LINEAR);
});

test("dates in Arabic digits are found", () => {
  const headlines = [
    "المجلس البلدي يوافق على ميزانية العام الجديد",
    "تمديد ساعات عمل المكتبة العامة في المدينة",
    "رئيس البلدية يفتتح مبنى البلدية المجدد اليوم",
  ];
  const entries = headlines.map(
    (headline, n) =>
      `<li><h3><a href="/news/a${n}">${headline}</a></h3><span>٢٠ نوفمبر ٢٠٢٦</span></li>`,
  );
  const [first] = hintsOf(`<body><ul>${entries.join("")}</ul></body>`, "ar");
  expect(first?.publishedAt).toEqual(new Date("2026-11-20T00:00:00Z"));
});

test("teasers in hangul are shorter", () => {
  const teasers = [
    "시민 여러분의 많은 관심과 참여를 부탁드립니다",
    "신청은 시청 누리집에서 할 수 있습니다",
  ];
  const entries = ["주민 설명회 개최", "화재 예방 안전 점검 실시", "운영 시간 연장 안내"].map(
    (headline, n) =>
      `<li><h3><a href="/news/a${n}">${headline}</a></h3><p>${teasers[n % 2]}</p></li>`,
  );
  const [first] = hintsOf(`<body><ul>${entries.join("")}</ul></body>`, "ko");
  expect(first?.teaser).toBe(teasers[0]);
});

test("a cloud of tags isn't a list", () => {
  expect(titlesOf(`<body><div class="tag-cloud">${cards}</div></body>`)).toEqual([]);
});

test("a page of many links in deep elements is inferred in time that grows in proportion", async () => {
  const page = (n: number) =>
    `${'<div class="sidebar"><footer></footer>'.repeat(200)}${cards.repeat(n / 4)}`;
  const growth = await growthOf(3000, page, (text) => hintsOf(text));
  expect(growth).toBeLessThan(LINEAR);
});
