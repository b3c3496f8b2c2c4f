import { expect, test } from "vitest";
import { readArticlePages } from "../../../../extractors/article-pages/find.ts";
import { openPage } from "../../../../extractors/page.ts";

/** The pages that a page names whose links, `1`, `2` and `3`, go to these addresses among others. */
function articlePagesOf(url: string, hrefs: string[]) {
  const links = hrefs.map((href, at) => `<a href="${href}">${at + 1}</a>`).join(" ");
  const others = '<a href="/news/other-7.html">2</a> <a href="https://other.example/3">3</a>';
  const html = `<body><main><p>Text</p>${links} ${others}</main></body>`;
  return readArticlePages(openPage({ html, url, now: new Date(0) }), null);
}

test.each([
  ["whole", "https://a.example/news/"],
  ["without a protocol", "//a.example/news/"],
  ["from the root", "/news/"],
  ["beside the page's own", ""],
])("links with addresses %s lead from the second page to the others", (_name, at) => {
  const hrefs = ["", "-2", "-3"].map((n) => `${at}new-tram-line${n}.html`);
  const url = "https://a.example/news/new-tram-line-2.html";
  expect(articlePagesOf(url, hrefs)).toMatchObject({
    number: 2,
    others: [
      { number: 1, url: "https://a.example/news/new-tram-line.html" },
      { number: 3, url: "https://a.example/news/new-tram-line-3.html" },
    ],
  });
});

test.each([
  ["in folders", "/news/new-tram-line/", (n: number) => `/news/new-tram-line/${n}`],
  ["by a parameter", "/news/tram", (n: number) => `?page=${n}`],
])("pages %s are found from the second one", (_name, first, address) => {
  const second = new URL(address(2), `https://a.example${first}`).href;
  const found = articlePagesOf(second, [1, 2, 3].map(address));
  expect(found?.others.map(({ number }) => number)).toContain(3);
});
