import { humanDate, isoIn } from "./dates.ts";
import { escape } from "./text.ts";
import { blocks, dateMarks, head, inline, relatedLinks, type View } from "./view.ts";

function comments({ labels }: View, markup: (text: string) => string): string {
  const [, ...texts] = labels.comments;
  return texts.map((text) => markup(escape(text))).join("");
}

function classic(view: View): string {
  const { spec, article, labels } = view;
  const body = blocks(view);
  const middle = Math.ceil(body.length / 2);
  const readAlso = view.related[0]
    ? `<aside class="related-inline"><b>${escape(labels.readAlso)}</b> <a href="${escape(view.related[0].path)}">${escape(view.related[0].title)}</a></aside>`
    : "";
  return `<!DOCTYPE html>
<html lang="${spec.language}"${spec.language === "ar" ? ' dir="rtl"' : ""}>
<head>${head(view, `<meta property="og:type" content="article"><meta property="og:title" content="${escape(article.title)}">`)}
<link rel="stylesheet" href="/static/site.css"></head>
<body class="single">
<div class="cookie-bar" role="dialog"><p>${escape(labels.cookies[0])}</p><button>${escape(labels.cookies[1])}</button><button>${escape(labels.cookies[2])}</button></div>
<header class="site-header"><a class="logo" href="/">${escape(spec.name)}</a>
<nav><ul>${labels.nav.map((item, index) => `<li><a href="/s/${index}">${escape(item)}</a></li>`).join("")}</ul></nav></header>
<main id="content">
<article>
<header><h1>${escape(article.title)}</h1>
<p class="byline">${escape(labels.byline)} <a rel="author" href="/authors">${escape(article.author)}</a> · ${escape(labels.published)} ${dateMarks(view).visible}</p>
<div class="share-bar">${escape(labels.share)}</div></header>
<figure class="lead"><img src="/img/${article.slug.length}.jpg" alt=""></figure>
<div class="article-body">
${body.slice(0, middle).join("\n")}
${readAlso}
${body.slice(middle).join("\n")}
</div>
<div class="share-bar bottom">${escape(labels.share)}</div>
</article>
<section class="newsletter-box"><h3>${escape(labels.newsletter[0])}</h3><p>${escape(labels.newsletter[1])}</p><form><input type="email"><button>${escape(labels.newsletter[2])}</button></form></section>
<section class="comments" id="comments"><h3>${escape(labels.comments[0])}</h3>${comments(view, (text) => `<div class="comment"><p>${text}</p></div>`)}</section>
</main>
<aside class="sidebar"><h3>${escape(labels.related)}</h3><ul>${relatedLinks(view)}</ul></aside>
<footer class="site-footer"><p>© ${view.now.getUTCFullYear()} ${escape(spec.name)}</p><p>${escape(labels.footer)}</p></footer>
<script src="/static/site.js" defer></script>
</body></html>`;
}

function magazine(view: View): string {
  const { spec, article, labels } = view;
  const box = `<div class="newsletter-box promo"><h4>${escape(labels.newsletter[0])}</h4><p>${escape(labels.newsletter[1])}</p></div>`;
  const story = blocks(view).map((block, index) => (index === 2 ? `${box}\n${block}` : block));
  return `<!doctype html><html lang="${spec.language}"${spec.language === "ar" ? ' dir="rtl"' : ""}><head>${head(view)}
<style>.story{max-width:42rem}.promo{background:#eef}.cards{display:grid}</style></head><body>
<div id="top"><div class="menu">${labels.nav.map((item, index) => `<a href="/c/${index}">${escape(item)}</a>`).join(" ")}</div>
<div class="brand"><a href="/">${escape(spec.name)}</a></div></div>
<div class="page" role="main">
<div class="kicker"><a href="/c/1">${escape(labels.nav[1] ?? "")}</a></div>
<h1 class="headline">${escape(article.title)}</h1>
<div class="meta"><span class="author">${escape(labels.byline)} ${escape(article.author)}</span> | ${dateMarks(view).visible}</div>
<section class="story">
${story.join("\n")}
</section>
<div class="social">${escape(labels.share)}</div>
<div class="cards"><h2>${escape(labels.related)}</h2>${view.related
    .map(
      (other) =>
        `<div class="card"><h3><a href="${escape(other.path)}">${escape(other.title)}</a></h3></div>`,
    )
    .join("\n")}</div>
<ol class="most-read">${relatedLinks(view)}</ol>
</div>
<div id="bottom"><small>${escape(labels.footer)} · ${escape(spec.name)} ${view.now.getUTCFullYear()}</small></div>
<div class="consent-layer"><p>${escape(labels.cookies[0])}</p><a href="#">${escape(labels.cookies[1])}</a></div>
</body></html>`;
}

function tables(view: View): string {
  const { spec, article, labels } = view;
  const body = article.paragraphs
    .map(({ kind, text }) => (kind === "h2" ? `<b>${escape(text)}</b>` : inline(text, view)))
    .join("<br><br>\n");
  return `<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML lang="${spec.language}"><HEAD>${head(view)}</HEAD>
<BODY bgcolor="#ffffff">
<TABLE width="960" align="center" cellpadding="4"><TR><TD colspan="3" class="top"><FONT size="5"><A href="/">${escape(spec.name)}</A></FONT>
<FONT size="1">${escape(humanDate(view.now, spec.language, spec.zone))}</FONT></TD></TR>
<TR><TD width="160" valign="top" class="left">${labels.nav.map((item, index) => `<A href="/part${index}.html">${escape(item)}</A><BR>`).join("\n")}</TD>
<TD valign="top" class="main">
<H1><FONT color="#003366">${escape(article.title)}</FONT></H1>
<DIV class="source">${escape(labels.published)} ${dateMarks(view).visible} &nbsp; ${escape(labels.byline)} ${escape(article.author)}</DIV>
<DIV id="zoom">${body}</DIV>
<DIV class="tools">${escape(labels.share)}</DIV>
<TABLE class="rel"><TR><TD><B>${escape(labels.related)}</B><UL>${relatedLinks(view)}</UL></TD></TR></TABLE>
<DIV class="guestbook"><B>${escape(labels.comments[0])}</B>${comments(view, (text) => `<P>${text}</P>`)}</DIV>
</TD><TD width="180" valign="top"><B>${escape(labels.newsletter[0])}</B><BR>${escape(labels.newsletter[1])}</TD></TR>
<TR><TD colspan="3" align="center"><FONT size="1">${escape(labels.footer)}</FONT></TD></TR></TABLE>
</BODY></HTML>`;
}

function cms(view: View): string {
  const { spec, article, labels } = view;
  const wrapped = blocks(view, "div")
    .map(
      (block, index) => `<div class="blk b${(index * 7) % 5}"><div class="in">${block}</div></div>`,
    )
    .join("\n");
  return `<!DOCTYPE html><html lang="${spec.language}"${spec.language === "ar" ? ' dir="rtl"' : ""}><head>${head(view, `<meta name="author" content="${escape(article.author)}">`)}</head>
<body><div class="x-root"><div class="x-hd"><div class="x-hd-i"><a href="/">${escape(spec.name)}</a></div>
<div class="x-nv">${labels.nav.map((item, index) => `<div class="x-nv-e"><a href="/p/${index}">${escape(item)}</a></div>`).join("")}</div></div>
<div class="x-bd"><div class="col-8"><div class="c-t"><h1>${escape(article.title)}</h1></div>
<div class="c-m"><div>${escape(labels.byline)} ${escape(article.author)}</div><div>${dateMarks(view).visible}</div></div>
<div class="c-c">${wrapped}</div>
<div class="c-s"><div>${escape(labels.share)}</div></div></div>
<div class="col-4"><div class="w"><div class="w-t">${escape(labels.related)}</div><ul>${relatedLinks(view)}</ul></div>
<div class="w"><div class="w-t">${escape(labels.newsletter[0])}</div><div>${escape(labels.newsletter[1])}</div></div></div></div>
<div class="x-ft"><div>${escape(labels.footer)}</div></div>
<div class="x-ck"><div>${escape(labels.cookies[0])}</div><div><a>${escape(labels.cookies[1])}</a> <a>${escape(labels.cookies[2])}</a></div></div>
</div></body></html>`;
}

function blog(view: View): string {
  const { spec, article, labels, related } = view;
  return `<!DOCTYPE html>
<html lang="${spec.language}"><head>${head(view, `<meta name="generator" content="BlogPress 6.4"><meta property="og:type" content="article">`)}
<link rel="stylesheet" href="/static/site.css"></head>
<body class="post-template-default single single-post">
<a class="skip-link screen-reader-text" href="#primary">${escape(labels.nav[1] ?? "")}</a>
<div id="page" class="site"><header id="masthead"><p class="site-title"><a href="/">${escape(spec.name)}</a></p>
<ul id="primary-menu" class="menu">${labels.nav.map((item, index) => `<li class="menu-item"><a href="/menu/${index}">${escape(item)}</a></li>`).join("")}</ul></header>
<div id="primary"><article id="post-${article.slug.length * 131}" class="post hentry">
<header class="entry-header"><h1 class="entry-title">${escape(article.title)}</h1>
<div class="entry-meta"><span class="posted-on">${dateMarks(view).visible}</span> <span class="byline vcard">${escape(labels.byline)} <a class="url fn" href="/author">${escape(article.author)}</a></span></div></header>
<div class="entry-content">
${blocks(view).join("\n")}
<div class="sharedaddy"><h3 class="sd-title">${escape(labels.share)}</h3></div>
</div>
<footer class="entry-footer"><span class="tags-links"><a rel="tag" href="/tag/1">${escape(labels.nav[2] ?? "")}</a>, <a rel="tag" href="/tag/2">${escape(labels.nav[3] ?? "")}</a></span></footer>
</article>
<nav class="post-navigation">${related
    .slice(0, 2)
    .map((other) => `<a href="${escape(other.path)}">${escape(other.title)}</a>`)
    .join(" ")}</nav>
<div id="comments" class="comments-area"><h2>${escape(labels.comments[0])}</h2><ol class="comment-list">${comments(view, (text) => `<li class="comment"><div class="comment-body"><p>${text}</p></div></li>`)}</ol></div></div>
<aside id="secondary" class="widget-area"><section class="widget"><h2 class="widget-title">${escape(labels.related)}</h2><ul>${relatedLinks(view)}</ul></section>
<section class="widget widget_text"><h2>${escape(labels.newsletter[0])}</h2><p>${escape(labels.newsletter[1])}</p></section></aside>
<footer id="colophon"><div class="site-info">${escape(labels.footer)}</div></footer></div>
<div id="cookie-notice" style="display:none"><span>${escape(labels.cookies[0])}</span> <a>${escape(labels.cookies[1])}</a></div>
</body></html>`;
}

function portal(view: View): string {
  const { spec, article, labels, related } = view;
  return `<!DOCTYPE html>
<html lang="${spec.language}"${spec.language === "ar" ? ' dir="rtl"' : ""}><head>${head(view)}</head>
<body><div class="banner" role="banner"><a href="/">${escape(spec.name)}</a>
<form role="search"><label>${escape(labels.nav.at(-1) ?? "")}<input name="q"></label></form></div>
<nav aria-label="main"><ul>${labels.nav.map((item, index) => `<li><a href="/g/${index}">${escape(item)}</a></li>`).join("")}</ul></nav>
<nav class="breadcrumb" aria-label="breadcrumb"><ol><li><a href="/">${escape(labels.nav[0] ?? "")}</a></li><li><a href="/g/1">${escape(labels.nav[1] ?? "")}</a></li><li aria-current="page">${escape(article.title)}</li></ol></nav>
<main itemscope itemtype="https://schema.org/NewsArticle">
<h1 itemprop="headline">${escape(article.title)}</h1>
<dl class="facts"><dt>${escape(labels.published)}</dt><dd>${dateMarks(view).visible}</dd><dt>${escape(labels.byline)}</dt><dd itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">${escape(article.author)}</span></dd></dl>
<div class="text" itemprop="articleBody">
${blocks(view).join("\n")}
</div>
<section class="tools"><p>${escape(labels.share)}</p></section>
<section class="see-also"><h2>${escape(labels.related)}</h2>${related
    .map(
      (other) =>
        `<div class="teaser"><a href="${escape(other.path)}"><strong>${escape(other.title)}</strong></a><p>${escape(other.paragraphs[0]?.text.slice(0, 110) ?? "")}…</p></div>`,
    )
    .join("\n")}</section>
</main>
<section class="subscribe"><h2>${escape(labels.newsletter[0])}</h2><p>${escape(labels.newsletter[1])}</p><button>${escape(labels.newsletter[2])}</button></section>
<footer role="contentinfo"><p>${escape(labels.footer)}</p><p>${view.now.getUTCFullYear()} ${escape(spec.name)}</p></footer>
</body></html>`;
}

function shell(view: Pick<View, "spec" | "labels">): string {
  const { spec, labels } = view;
  return `<!doctype html><html lang="${spec.language}"><head><meta charset="utf-8"><title>${escape(spec.name)}</title>
<link rel="stylesheet" href="/static/app.css"></head>
<body><noscript>${escape(labels.script)}</noscript><div id="app"></div><script type="module" src="/static/app.js"></script></body></html>`;
}

/** Returns an article's data as JSON, which the script of an empty page fetches. */
export function shellData(view: View): string {
  const { spec, article, labels } = view;
  return JSON.stringify({
    title: article.title,
    author: article.author,
    url: article.url,
    published: isoIn(article.publishedAt, spec.zone),
    date: humanDate(article.publishedAt, spec.language, spec.zone),
    body: article.paragraphs,
    related: view.related.map((other) => ({ title: other.title, path: other.path })),
    labels,
  });
}

export function amp(view: View): string {
  const { spec, article, labels } = view;
  return `<!doctype html><html amp lang="${spec.language}"><head>${head(view)}
<script async src="/static/amp.js"></script></head><body>
<header><a href="/">${escape(spec.name)}</a></header>
<article><h1>${escape(article.title)}</h1><p class="amp-byline">${escape(labels.byline)} ${escape(article.author)}, ${dateMarks(view).visible}</p>
<div class="amp-body">${blocks(view).join("\n")}</div></article>
<amp-social-share type="email">${escape(labels.share)}</amp-social-share>
<footer>${escape(labels.footer)}</footer></body></html>`;
}

export const TEMPLATES = { classic, magazine, tables, cms, blog, portal, shell };
