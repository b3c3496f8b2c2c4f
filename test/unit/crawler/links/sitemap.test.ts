import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { readSitemap } from "../../../../crawler/links/sitemap.ts";

const now = new Date("2026-11-25T12:00:00Z");
const url = "https://city.example/sitemap.xml";
const bytes = (text: string) => new TextEncoder().encode(text);
const read = (text: string, page = 1, body: Uint8Array = bytes(text)) =>
  readSitemap({ body, text, url, page }, "de", now);
const urlset = (inner: string) =>
  `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">${inner}</urlset>`;
const index = (inner: string) => `<sitemapindex>${inner}</sitemapindex>`;

test("news sitemap: title, date, language, keywords; images don't replace the address", () => {
  const { links, problems } = read(
    urlset(`<url><loc>https://city.example/a?x=1&amp;y=2</loc><lastmod>2026-11-21</lastmod>
      <news:news><news:publication><news:name>City</news:name><news:language>en</news:language></news:publication>
      <news:publication_date>2026-11-20T10:00:00+01:00</news:publication_date><news:title>Tram &amp; bus</news:title>
      <news:keywords>tram, bus</news:keywords></news:news>
      <image:image><image:loc>https://city.example/i.jpg</image:loc></image:image></url>`),
  );
  expect(problems).toEqual([]);
  expect(links).toEqual([
    {
      url: "https://city.example/a?x=1&y=2",
      kind: "article",
      page: 1,
      hints: {
        title: "Tram & bus",
        publishedAt: new Date("2026-11-20T09:00:00Z"),
        modifiedAt: new Date("2026-11-21T00:00:00Z"),
        language: "en",
        tags: ["tram", "bus"],
      },
    },
  ]);
});

const entry = (n: number, day: string) =>
  `<url><loc>/${n}</loc>${day && `<lastmod>${day}</lastmod>`}</url>`;

test("newest first, undated ones count as new", () => {
  const { links } = read(urlset(entry(1, "2026-01-01") + entry(2, "2026-11-01") + entry(3, "")));
  expect(links.map((link) => link.url.slice(-1))).toEqual(["3", "2", "1"]);
});

describe("index", () => {
  test("its sitemaps lie one level deeper, newest first, by date or by the month in their name", () => {
    const { links } = read(
      index(
        ["/s-2024-02.xml", "/s-2026-11.xml.gz", "/s/2025/07.xml"]
          .map((loc) => `<sitemap><loc>${loc}</loc></sitemap>`)
          .join(""),
      ),
    );
    expect(links.map(({ url: to, kind, page }) => [to, kind, page])).toEqual([
      ["https://city.example/s-2026-11.xml.gz", "sitemap", 2],
      ["https://city.example/s/2025/07.xml", "sitemap", 2],
      ["https://city.example/s-2024-02.xml", "sitemap", 2],
    ]);
  });

  test("at most 100, the others are named", () => {
    const all = Array.from({ length: 130 }, (_, n) => `<sitemap><loc>/s${n}.xml</loc></sitemap>`);
    const { links, skipped } = read(index(all.join("")));
    expect(links).toHaveLength(100);
    expect(links[0]?.url).toBe("https://city.example/s0.xml");
    expect(skipped.map((each) => each.reason)).toEqual(
      Array.from({ length: 30 }, () => "too-many"),
    );
  });

  test("an index within an index within an index isn't followed", () => {
    const text = index("<sitemap><loc>/deep.xml</loc></sitemap>");
    expect(read(text, 2).links).toHaveLength(1);
    expect(read(text, 3).links).toEqual([]);
    expect(read(text, 3).problems).toEqual(["sitemap indexes are nested too deep"]);
  });
});

test("plain text, one address a line", () => {
  const { links } = read("\ufeffhttps://city.example/1\r\n\r\n# no\nhttps://city.example/2\n");
  expect(links.map((link) => link.url)).toEqual([
    "https://city.example/1",
    "https://city.example/2",
  ]);
});

describe("compressed once more than announced", () => {
  const text = urlset("<url><loc>https://city.example/1</loc></url>");

  test("one and two layers are taken off", () => {
    expect(read("garbage", 1, gzipSync(text)).links).toHaveLength(1);
    expect(read("garbage", 1, gzipSync(gzipSync(text))).links).toHaveLength(1);
  });

  test("a cut one gives what it holds", () => {
    const many = Array.from(
      { length: 3000 },
      (_, n) => `<url><loc>https://city.example/${n * 7919}</loc></url>`,
    );
    const compressed = gzipSync(urlset(many.join("")));
    const { links, problems } = read("", 1, compressed.subarray(0, compressed.length / 2));
    expect(links.length).toBeGreaterThan(500);
    expect(links.length).toBeLessThan(3000);
    expect(problems[0]).toContain("broken XML");
  });

  test("a bomb and a third layer are refused", () => {
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024));
    for (const body of [bomb, gzipSync(gzipSync(gzipSync(text)))]) {
      expect(read("", 1, body).links).toEqual([]);
      expect(read("", 1, body).problems[0]).toContain("larger than 64 MB");
    }
  });
});

test.each([
  [
    `<!DOCTYPE x [<!ENTITY a "b">]>${urlset("<url><loc>/1</loc></url>")}`,
    "refused: a sitemap with a DOCTYPE",
  ],
  ["<html><body>no</body></html>", "not a sitemap: no urlset or sitemapindex"],
  [urlset(""), "the sitemap has no entries"],
])("%s: %s", (text, problem) => {
  const { links, problems } = read(text);
  expect(links).toEqual([]);
  expect(problems).toContain(problem);
});

test("broken XML gives the entries that can be read", () => {
  const { links, problems } = read(
    urlset("<url><loc>/1</loc></url><url><loc>/2</url><url><loc>/3?a&b</loc></url>"),
  );
  expect(links.map((link) => link.url)).toContain("https://city.example/1");
  expect(links.map((link) => link.url)).toContain("https://city.example/3?a&b");
  expect(problems[0]).toContain("broken XML");
});

const CDATA_ENTRY = "<url><loc><![CDATA[https://city.example/a?x=1&y=2]]></loc></url>";

test("an ampersand in CDATA is no error", () => {
  const { links, problems } = read(urlset(CDATA_ENTRY));
  expect(problems).toEqual([]);
  expect(links.map((link) => link.url)).toEqual(["https://city.example/a?x=1&y=2"]);
});

test("a bare ampersand after CDATA is repaired", () => {
  const { links, problems } = read(
    urlset(`${CDATA_ENTRY}<url><loc>https://city.example/b?x=1&y=2</loc></url>`),
  );
  expect(problems).toEqual(["broken XML: unescaped & repaired"]);
  expect(links.map((link) => link.url)).toContain("https://city.example/b?x=1&y=2");
});

test("reads 50,000 entries and stops there", () => {
  const all = Array.from(
    { length: 50_010 },
    (_, n) => `<url><loc>https://city.example/${n}</loc></url>`,
  );
  const { links, problems } = read(urlset(all.join("")));
  expect(links).toHaveLength(50_000);
  expect(problems).toEqual(["more than 50000 entries; the rest is ignored"]);
});

test("the order of the document is kept for the comparison with the next fetch", () => {
  const { links, order } = read(urlset(entry(1, "2026-01-01") + entry(2, "2026-11-01")));
  expect(links.map((link) => link.url.slice(-1))).toEqual(["2", "1"]);
  expect(order).toEqual(["https://city.example/1", "https://city.example/2"]);
});

test("of an index, its sitemaps' order is kept as well", () => {
  const child = (n: number, day: string) =>
    `<sitemap><loc>/${n}.xml</loc><lastmod>${day}</lastmod></sitemap>`;
  const { order } = read(index(child(1, "2026-01-01") + child(2, "2026-11-01")));
  expect(order).toEqual(["https://city.example/1.xml", "https://city.example/2.xml"]);
});

test("the order is that of the newest entries", () => {
  const days = Array.from({ length: 300 }, (_, n) => new Date(Date.UTC(2026, 0, 1 + n)));
  const { order } = read(urlset(days.map((day, n) => entry(n, day.toISOString())).join("")));
  expect(order?.[0]).toBe("https://city.example/100");
  expect(order).toHaveLength(200);
});
