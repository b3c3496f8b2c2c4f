import { dateOf, numeric, pageOf, worded } from "./frame.ts";
import { slug } from "./items.ts";
import type { Layout } from "./layouts.ts";

/** Entries as lists and tables: public bodies and older sites. */
export const LISTS: Layout[] = [
  {
    name: "plain-list",
    language: "zh",
    pathOf: (index) => `/art/2026/11/24/art_1229_${58_001_234 + index}.html`,
    date: numeric("ymd", "-"),
    hasTeaser: false,
    next: "/news/index_2.html",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="main-list"><ul>${items
          .map(
            (item) =>
              `<li><a href="${item.path}" target="_blank" title="${item.title}">${item.title}</a><span>${dateOf(layout, item)}</span></li>`,
          )
          .join("\n")}</ul><div class="page"><a href="/news/index_2.html">下一页</a></div></div>`,
      ),
  },
  {
    name: "old-table",
    language: "de",
    pathOf: (index) => `/cgi/show.php?nr=${index + 4711}`,
    date: numeric("dmy", "."),
    hasTeaser: true,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<table width="100%"><tr><td class="left"><a href="/wetter">Das Wetter in der Region</a></td><td><table class="meldungen"><tr><th>Datum</th><th>Meldung</th></tr>${items
          .map(
            (item) =>
              `<tr><td>${dateOf(layout, item)}</td><td><b><a href="${item.path}">${item.title}</a></b><br><font size="2">${item.teaser}</font></td></tr>`,
          )
          .join("\n")}</table></td></tr></table>`,
      ),
  },
  {
    name: "definition-list",
    language: "en",
    pathOf: (_, title) => `/press/releases/${slug(title)}.html`,
    date: worded("en-GB"),
    hasTeaser: false,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<div id="mainContent"><h1>Press releases</h1><dl class="releases">${items
          .map(
            (item) =>
              `<div class="release"><dt>${dateOf(layout, item)}</dt><dd><a href="${item.path}">${item.title}</a></dd></div>`,
          )
          .join("\n")}</dl></div>`,
      ),
  },
  {
    name: "views-rows",
    language: "fr",
    pathOf: (index) => `/node/${index + 8120}`,
    date: worded("fr"),
    hasTeaser: true,
    next: "/news?page=1",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="region region-content"><div class="view view-actualites view-id-actualites"><div class="view-content">${items
          .map(
            (
              item,
              n,
            ) => `<div class="views-row views-row-${n + 1} ${n % 2 ? "views-row-even" : "views-row-odd"}"><div class="views-field views-field-title"><span class="field-content"><a href="${item.path}" hreflang="fr">${item.title}</a></span></div>
<div class="views-field views-field-created"><span class="field-content">${dateOf(layout, item)}</span></div><div class="views-field views-field-body"><div class="field-content"><p>${item.teaser}</p></div></div></div>`,
          )
          .join(
            "\n",
          )}</div><ul class="pager"><li class="pager-next"><a href="/news?page=1" title="Aller à la page suivante">Page suivante ››</a></li></ul></div></div>`,
      ),
  },
  {
    name: "ministry-search-list",
    language: "en",
    pathOf: (_, title) => `/government/news/${slug(title)}`,
    date: (date) => date.toISOString(),
    hasTeaser: true,
    next: "/search/news?page=2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<main id="content"><div class="finder-results"><ol class="document-list">${items
          .map(
            (
              item,
            ) => `<li class="document-list__item"><div class="document-list__item-title"><a href="${item.path}">${item.title}</a></div>
<p class="document-list__item-description">${item.teaser}</p><ul class="document-list__item-metadata"><li class="document-list__attribute">Organisation: Town office</li>
<li class="document-list__attribute">Updated: <time datetime="${dateOf(layout, item)}">${worded("en-GB")(item.published)}</time></li></ul></li>`,
          )
          .join(
            "\n",
          )}</ol></div><nav aria-label="Pagination"><a rel="next" href="/search/news?page=2">Next page</a></nav></main>`,
      ),
  },
  {
    name: "inline-dates",
    language: "en",
    pathOf: (index) => `/news/story.aspx?id=${index + 301}`,
    date: numeric("mdy", "/"),
    hasTeaser: false,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="page-body"><ul class="arrow-list">${items
          .map(
            (item) =>
              `<li><em>${dateOf(layout, item)}</em> - <a href="${item.path}">${item.title}</a></li>`,
          )
          .join("\n")}</ul></div>`,
      ),
  },
  {
    name: "months-with-headings",
    language: "de",
    pathOf: (_, title) => `/aktuelles/meldungen/${slug(title)}.php`,
    date: worded("de"),
    hasTeaser: true,
    next: "/news?offset=10",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div id="inhalt"><h2>November 2026</h2>${items
          .map(
            (item, n) =>
              `${n === 5 ? "<h2>Oktober 2026</h2>" : ""}<div class="eintrag"><h3><a href="${item.path}">${item.title}</a></h3><div class="datum">${dateOf(layout, item)}</div><div class="kurztext">${item.teaser} <a href="${item.path}">mehr</a></div></div>`,
          )
          .join(
            "\n",
          )}<p class="blaettern"><a class="weiter" href="/news?offset=10">ältere Meldungen</a></p></div>`,
      ),
  },
  {
    name: "bare-paragraphs",
    language: "es",
    pathOf: (_, title) => `/noticias/${slug(title)}.html`,
    date: numeric("dmy", "-"),
    hasTeaser: false,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<main><h1>Noticias</h1>${items
          .map(
            (item) =>
              `<p><small>${dateOf(layout, item)}</small> <a href="${item.path}">${item.title}</a></p>`,
          )
          .join("\n")}</main>`,
      ),
  },
];
