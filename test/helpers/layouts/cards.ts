import { dateOf, numeric, pageOf, worded } from "./frame.ts";
import { slug } from "./items.ts";
import type { Layout } from "./layouts.ts";

const iso = (date: Date) => date.toISOString();

/** Entries as boxes: blogs, agencies, component libraries. */
export const CARDS: Layout[] = [
  {
    name: "blog-archive",
    language: "en",
    pathOf: (_, title) => `/2026/11/${slug(title)}/`,
    date: iso,
    hasTeaser: true,
    next: "/news/page/2/",
    html: (items, layout) =>
      pageOf(
        layout,
        `<main id="primary" class="site-main"><h1>News</h1>${items
          .map(
            (
              item,
              n,
            ) => `<article id="post-${n + 311}" class="post-${n + 311} post type-post status-publish hentry category-news">
<header class="entry-header"><h2 class="entry-title"><a href="${item.path}" rel="bookmark">${item.title}</a></h2>
<div class="entry-meta"><a href="${item.path}" rel="bookmark"><time class="entry-date published" datetime="${dateOf(layout, item)}">${worded("en")(item.published)}</time></a>
by <a class="url fn n" href="/author/desk/">The press desk</a></div></header>
<div class="entry-summary"><p>${item.teaser}</p></div><footer class="entry-footer"><a href="/category/news/" rel="category tag">News</a></footer></article>`,
          )
          .join(
            "\n",
          )}<nav class="navigation pagination"><div class="nav-links"><span class="page-numbers current">1</span>
<a class="page-numbers" href="/news/page/2/">2</a><a class="next page-numbers" href="/news/page/2/">Older posts</a></div></nav></main>
<aside class="widget-area"><h2>Recent</h2><ul>${items
          .slice(0, 4)
          .map((item) => `<li><a href="${item.path}">${item.title}</a></li>`)
          .join("")}</ul></aside>`,
      ),
  },
  {
    name: "hashed-classes",
    language: "en",
    pathOf: (_, title) => `/articles/${slug(title)}`,
    date: worded("en"),
    hasTeaser: true,
    next: "/news?page=2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<main><div class="css-1x2y3z"><div class="css-9ab8cd">${items
          .map(
            (
              item,
            ) => `<div class="css-77aa1b"><a href="${item.path}" class="css-0pq1rs"><img alt=""></a><div class="css-4mn5op">
<h3 class="css-8kk2"><a href="${item.path}" class="css-2uu7">${item.title}</a></h3><p class="css-5tt3">${item.teaser}</p><span class="css-3dd9">${dateOf(layout, item)}</span></div></div>`,
          )
          .join("\n")}</div></div><a href="/news?page=2" aria-label="Next page">›</a></main>`,
      ),
  },
  {
    name: "whole-card-links",
    language: "de",
    pathOf: (index, title) => `/presse/${slug(title)}-${index + 40112}.html`,
    date: numeric("dmy", "."),
    hasTeaser: true,
    next: "/news?seite=2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="content"><div class="teaser-grid">${items
          .map(
            (
              item,
            ) => `<a class="teaser-card" href="${item.path}"><span class="teaser-card__date">${dateOf(layout, item)}</span>
<h3 class="teaser-card__title">${item.title}</h3><p class="teaser-card__text">${item.teaser}</p><span class="teaser-card__more">Weiterlesen</span></a>`,
          )
          .join(
            "\n",
          )}</div><ul class="pager"><li class="pager__next"><a href="/news?seite=2">Weiter</a></li></ul></div>`,
      ),
  },
  {
    name: "read-more-only",
    language: "en",
    pathOf: (index) => `/news/detail?id=${index + 2201}`,
    date: worded("en"),
    hasTeaser: true,
    next: "/news?start=12",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div id="content"><div class="news-box-list">${items
          .map(
            (
              item,
            ) => `<div class="news-box"><h4>${item.title}</h4><span class="news-date">${dateOf(layout, item)}</span>
<p>${item.teaser}</p><a class="btn" href="${item.path}">Read more</a></div>`,
          )
          .join(
            "\n",
          )}</div><div class="paging"><a href="/news?start=12">Older news</a></div></div>`,
      ),
  },
  {
    name: "hero-and-grid",
    language: "fr",
    pathOf: (_, title) => `/actualites/${slug(title)}`,
    date: worded("fr"),
    hasTeaser: true,
    next: null,
    html: ([hero, ...items], layout) =>
      pageOf(
        layout,
        `<main><section class="hero">${hero ? `<article class="card card-hero"><h2><a href="${hero.path}">${hero.title}</a></h2><p class="chapo">${hero.teaser}</p><time class="date">${dateOf(layout, hero)}</time></article>` : ""}</section>
<section class="grid">${items
          .map(
            (item) =>
              `<article class="card"><h2><a href="${item.path}">${item.title}</a></h2><p class="chapo">${item.teaser}</p><time class="date">${dateOf(layout, item)}</time></article>`,
          )
          .join("\n")}</section></main>`,
      ),
  },
  {
    name: "rows-of-columns",
    language: "es",
    pathOf: (_, title) => `/es/noticias/${slug(title)}`,
    date: numeric("dmy", "/"),
    hasTeaser: true,
    next: "/news?pagina=2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<div class="container">${[0, 2, 4, 6]
          .map(
            (at) =>
              `<div class="row">${items
                .slice(at, at + 2)
                .map(
                  (item) =>
                    `<div class="col-md-6"><div class="panel"><div class="panel-date">${dateOf(layout, item)}</div><a href="${item.path}"><strong>${item.title}</strong></a><div class="panel-body">${item.teaser}</div></div></div>`,
                )
                .join("")}</div>`,
          )
          .join("\n")}<a class="siguiente" href="/news?pagina=2">Siguiente</a></div>`,
      ),
  },
  {
    name: "tagged-cards",
    language: "en",
    pathOf: (_, title) => `/insights/${slug(title)}`,
    date: iso,
    hasTeaser: true,
    next: "/news/page/2",
    html: (items, layout) =>
      pageOf(
        layout,
        `<main class="wrap"><ul class="cards">${items
          .map(
            (
              item,
              n,
            ) => `<li class="cards-item"><div class="cards-tags"><a href="/topics/data">Data</a> <a href="/topics/water">Water</a></div>
<a href="${item.path}" class="cards-title">${item.title}</a><div class="cards-excerpt">${item.teaser}</div>
<div class="cards-foot"><time datetime="${dateOf(layout, item)}">${n + 1} days ago</time> <a href="/people/writer-${n}">Writer ${n}</a> <a href="${item.path}#comments">${n} comments</a></div></li>`,
          )
          .join("\n")}</ul><a rel="next" href="/news/page/2">More</a></main>`,
      ),
  },
  {
    name: "undated-tiles",
    language: "en",
    pathOf: (_, title) => `/stories/${slug(title)}`,
    date: null,
    hasTeaser: false,
    next: null,
    html: (items, layout) =>
      pageOf(
        layout,
        `<section class="tiles">${items
          .map(
            (item) =>
              `<div class="tile"><a href="${item.path}"><img alt=""><span>${item.title}</span></a></div>`,
          )
          .join("\n")}</section>`,
      ),
  },
];
