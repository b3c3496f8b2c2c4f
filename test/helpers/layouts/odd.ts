import { dateOf, numeric, pageOf, worded } from "./frame.ts";
import { slug } from "./items.ts";
import type { Layout } from "./layouts.ts";

/** Difficult lists: no element around an entry, promotions in between, dates in links. */
export const ODD: Layout[] = [
  {
    name: "flat-siblings",
    language: "fr",
    pathOf: (_, title) => `/infos/${slug(title)}`,
    date: worded("fr"),
    hasTeaser: true,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="texte">${items
          .map(
            (item) =>
              `<h3><a href="${item.path}">${item.title}</a></h3><p class="quand">${dateOf(layout, item)}</p><p>${item.teaser}</p>`,
          )
          .join("\n")}</div>`,
      ),
  },
  {
    name: "date-inside-link",
    language: "en",
    pathOf: (_, title) => `/updates/${slug(title)}`,
    date: worded("en"),
    hasTeaser: false,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<main><div class="stack">${items
          .map(
            (item) =>
              `<a class="stack-row" href="${item.path}"><span class="stack-date">${dateOf(layout, item)}</span><span class="stack-title">${item.title}</span></a>`,
          )
          .join("\n")}</div></main>`,
      ),
  },
  {
    name: "promotions-between",
    language: "de",
    pathOf: (index, title) => `/magazin/artikel/${slug(title)}-${index + 70}`,
    date: numeric("dmy", "."),
    hasTeaser: true,
    next: "/news?page=2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<main><div class="feed">${items
          .map(
            (
              item,
              n,
            ) => `<div class="feed-entry"><h2 class="feed-title"><a href="${item.path}">${item.title}</a></h2><div class="feed-meta">Von Redaktion | ${dateOf(layout, item)} | <a href="/magazin/rubrik/stadt">Stadt</a></div><p class="feed-text">${item.teaser}</p></div>
${n % 4 === 3 ? '<div class="feed-entry promo"><h2><a href="https://partner.example/aktion">Jetzt Abo sichern und Prämie erhalten</a></h2></div>' : ""}`,
          )
          .join(
            "\n",
          )}</div><div class="pages"><a class="pages-next" href="/news?page=2" aria-label="Nächste Seite">&raquo;</a></div></main>`,
      ),
  },
  {
    name: "accordion-years",
    language: "es",
    pathOf: (index) => `/prensa/nota.php?id=${index + 9100}`,
    date: numeric("dmy", "/"),
    hasTeaser: false,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="accordion">${[0, 4]
          .map(
            (at) =>
              `<div class="accordion-item"><button>Notas ${at}</button><div class="accordion-body">${items
                .slice(at, at + 4)
                .map(
                  (item) =>
                    `<div class="nota"><span class="nota-fecha">${dateOf(layout, item)}</span><a href="${item.path}" class="nota-enlace">${item.title}</a></div>`,
                )
                .join("")}</div></div>`,
          )
          .join("\n")}</div>`,
      ),
  },
  {
    name: "items-row",
    language: "en",
    pathOf: (index, title) => `/index.php/news/${index + 210}-${slug(title)}`,
    date: worded("en-GB"),
    hasTeaser: true,
    next: "/index.php/news?start=12",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="item-page blog">${items
          .map(
            (item, n) =>
              `<div class="items-row row-${n}"><div class="item column-1"><h2><a href="${item.path}">${item.title}</a></h2><dl class="article-info"><dd class="published">Published: ${dateOf(layout, item)}</dd><dd class="hits">Hits: ${n * 31 + 7}</dd></dl><p>${item.teaser}</p><p class="readmore"><a href="${item.path}">Read more: ${item.title}</a></p></div></div>`,
          )
          .join(
            "\n",
          )}<ul class="pagelist"><li><a title="Next" href="/index.php/news?start=12">Next</a></li></ul></div>`,
      ),
  },
  {
    name: "bulletin-links",
    language: "fr",
    pathOf: (index) => `/bulletin/${index + 1501}`,
    date: numeric("dmy", "/"),
    hasTeaser: true,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<section id="bulletin">${items
          .map(
            (item) =>
              `<div><a href="${item.path}"><h4>${item.title}</h4></a><div><i>${dateOf(layout, item)}</i><div>${item.teaser}</div></div></div>`,
          )
          .join("\n")}</section>`,
      ),
  },
];
