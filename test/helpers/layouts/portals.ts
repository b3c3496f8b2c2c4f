import { dateOf, numeric, pageOf, worded } from "./frame.ts";
import { slug } from "./items.ts";
import type { Layout } from "./layouts.ts";

/** Pages on which the list is one thing among several: front pages, portals, newspapers. */
export const PORTALS: Layout[] = [
  {
    name: "front-with-services",
    language: "en",
    pathOf: (_, title) => `/newsroom/${slug(title)}`,
    date: worded("en"),
    hasTeaser: true,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<main><section class="services"><h2>Popular services</h2><ul>${[
          "Renew a parking permit",
          "Report a broken lamp",
          "Pay a council bill",
          "Book a sports ground",
          "Register a new address",
          "Apply for a school place",
          "Ask for a bulky waste date",
        ]
          .map(
            (name) =>
              `<li class="service"><a href="/services/${slug(name)}"><h3>${name}</h3></a></li>`,
          )
          .join("")}</ul></section><section class="newsroom"><h2>Latest news</h2>${items
          .map(
            (item) =>
              `<div class="news-item"><p class="news-item-date">${dateOf(layout, item)}</p><h3 class="news-item-title"><a href="${item.path}">${item.title}</a></h3><p class="news-item-lead">${item.teaser}</p></div>`,
          )
          .join("\n")}</section></main>`,
      ),
  },
  {
    name: "newspaper-blocks",
    language: "de",
    pathOf: (index, title) => `/lokales/${slug(title)},${90_001 + index}`,
    date: numeric("dmy", "."),
    hasTeaser: true,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="wrapper"><div class="column"><ul class="ticker-links">${items
          .slice(0, 5)
          .map((item) => `<li><a href="${item.path}">${item.title}</a></li>`)
          .join("")}</ul></div><div class="column wide">${items
          .map(
            (
              item,
            ) => `<section class="block"><a class="block-img" href="${item.path}"><img alt="Foto"></a><div class="block-body"><span class="kicker">Lokales</span><h2><a href="${item.path}"><span>${item.title}</span></a></h2>
<p class="lead">${item.teaser}</p><span class="stamp">${dateOf(layout, item)}, 08:15 Uhr</span></div></section>`,
          )
          .join("\n")}</div></div>`,
      ),
  },
  {
    name: "schema-org-list",
    language: "fr",
    pathOf: (_, title) => `/presse/communiques/${slug(title)}`,
    date: (date) => date.toISOString(),
    hasTeaser: true,
    next: "/news?p=2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div role="main"><div class="liste">${items
          .map(
            (item) =>
              `<div class="communique" itemscope itemtype="https://schema.org/NewsArticle"><meta itemprop="datePublished" content="${dateOf(layout, item)}"><h3 itemprop="headline"><a itemprop="url" href="${item.path}">${item.title}</a></h3><div itemprop="description">${item.teaser}</div></div>`,
          )
          .join("\n")}</div><a class="suivant" href="/news?p=2">Suivant »</a></div>`,
      ),
  },
  {
    name: "government-columns",
    language: "zh",
    pathOf: (index) => `/xwzx/zwyw/202611/t20261124_${8_134_500 + index}.shtml`,
    date: numeric("ymd", "-"),
    hasTeaser: true,
    next: "/xwzx/zwyw/index_1.shtml",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="con"><div class="left-menu"><a href="/xwzx/zwyw/">政务要闻栏目</a><a href="/xwzx/bmdt/">部门动态栏目</a><a href="/xwzx/qxdt/">区县动态栏目</a></div><div class="right-con">${items
          .map(
            (item) =>
              `<div class="xw-item"><h4><a href="${item.path}" target="_blank">${item.title}</a></h4><p>${item.teaser}</p><span class="time">[${dateOf(layout, item)}]</span></div>`,
          )
          .join(
            "\n",
          )}</div><div class="fanye"><a href="/xwzx/zwyw/index_1.shtml">下一页</a></div></div>`,
      ),
  },
  {
    name: "events-beside-news",
    language: "es",
    pathOf: (index) => `/actualidad/noticia/${index + 551}`,
    date: worded("es"),
    hasTeaser: true,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="two"><div class="agenda">${[
          "Concierto de otoño",
          "Mercado de artesanía",
          "Visita guiada al archivo",
          "Taller de huerto",
        ]
          .map(
            (name, n) =>
              `<div class="evento"><a href="/agenda/${n}">${name} en la plaza mayor</a></div>`,
          )
          .join("")}</div><div class="actualidad">${items
          .map(
            (item) =>
              `<div class="noticia"><div class="noticia-foto"><a href="${item.path}"><img alt=""></a></div><div class="noticia-texto"><a class="noticia-titulo" href="${item.path}">${item.title}</a><p>${item.teaser}</p><p class="noticia-fecha">${dateOf(layout, item)}</p></div></div>`,
          )
          .join("\n")}</div></div>`,
      ),
  },
  {
    name: "release-table",
    language: "en",
    pathOf: (_, title) => `/media/2026/nov/${slug(title)}`,
    date: worded("en-GB"),
    hasTeaser: false,
    next: "/news?pg=2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="layout"><table class="release-table"><thead><tr><th>Date</th><th>Title</th><th>Topic</th></tr></thead><tbody>${items
          .map(
            (item) =>
              `<tr><td class="views-field-date">${dateOf(layout, item)}</td><td class="views-field-title"><a href="${item.path}">${item.title}</a></td><td><a href="/topic/city">City</a></td></tr>`,
          )
          .join(
            "\n",
          )}</tbody></table><div class="pages"><a href="/news?pg=2">2</a> <a href="/news?pg=3">3</a></div></div>`,
      ),
  },
  {
    name: "nested-lists",
    language: "de",
    pathOf: (_, title) => `/de/medien/${slug(title)}`,
    date: worded("de"),
    hasTeaser: false,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<main><div><div><ul>${items
          .map(
            (item) =>
              `<li><div><span>${dateOf(layout, item)}</span><a href="${item.path}"><span>${item.title}</span></a></div></li>`,
          )
          .join("\n")}</ul></div></div></main>`,
      ),
  },
];
