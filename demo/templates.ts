import { type Html, html } from "../lib/text.ts";
import { humanDate, isoIn } from "./dates.ts";
import { blocks, dateMarks, head, inline, relatedLinks, type View } from "./view.ts";

function classic(view: View): Html {
  const { spec, article, labels } = view;
  const body = blocks(view);
  const middle = Math.ceil(body.length / 2);
  const [first] = view.related;
  const readAlso =
    first &&
    html`<aside class="related-inline"><b>${labels.readAlso}</b> <a href="${first.path}">${first.title}</a></aside>`;
  return html`<!DOCTYPE html>
<html lang="${spec.language}"${spec.language === "ar" && html` dir="rtl"`}>
<head>${head(view, html`<meta property="og:type" content="article"><meta property="og:title" content="${article.title}">`)}
<link rel="stylesheet" href="/static/site.css"></head>
<body class="single">
<div class="cookie-bar" role="dialog"><p>${labels.cookies[0]}</p><button>${labels.cookies[1]}</button><button>${labels.cookies[2]}</button></div>
<header class="site-header"><a class="logo" href="/">${spec.name}</a>
<nav><ul>${labels.nav.map((item, index) => html`<li><a href="/s/${index}">${item}</a></li>`)}</ul></nav></header>
<main id="content">
<article>
<header><h1>${article.title}</h1>
<p class="byline">${labels.byline} <a rel="author" href="/authors">${article.author}</a> · ${labels.published} ${dateMarks(view).visible}</p>
<div class="share-bar">${labels.share}</div></header>
<figure class="lead"><img src="/img/${article.slug.length}.jpg" alt=""></figure>
<div class="article-body">
${body.slice(0, middle)}
${readAlso}
${body.slice(middle)}
</div>
<div class="share-bar bottom">${labels.share}</div>
</article>
<section class="newsletter-box"><h3>${labels.newsletter[0]}</h3><p>${labels.newsletter[1]}</p><form><input type="email"><button>${labels.newsletter[2]}</button></form></section>
<section class="comments" id="comments"><h3>${labels.comments[0]}</h3>${labels.comments.slice(1).map((text) => html`<div class="comment"><p>${text}</p></div>`)}</section>
</main>
<aside class="sidebar"><h3>${labels.related}</h3><ul>${relatedLinks(view)}</ul></aside>
<footer class="site-footer"><p>© ${view.now.getUTCFullYear()} ${spec.name}</p><p>${labels.footer}</p></footer>
<script src="/static/site.js" defer></script>
</body></html>`;
}

function magazine(view: View): Html {
  const { spec, article, labels } = view;
  const box = html`<div class="newsletter-box promo"><h4>${labels.newsletter[0]}</h4><p>${labels.newsletter[1]}</p></div>`;
  const story = blocks(view).map((block, index) => (index === 2 ? html`${box}\n${block}` : block));
  return html`<!doctype html><html lang="${spec.language}"${spec.language === "ar" && html` dir="rtl"`}><head>${head(view)}
<style>.story{max-width:42rem}.promo{background:#eef}.cards{display:grid}</style></head><body>
<div id="top"><div class="menu">${labels.nav.map((item, index) => html`<a href="/c/${index}">${item}</a> `)}</div>
<div class="brand"><a href="/">${spec.name}</a></div></div>
<div class="page" role="main">
<div class="kicker"><a href="/c/1">${labels.nav[1] ?? ""}</a></div>
<h1 class="headline">${article.title}</h1>
<div class="meta"><span class="author">${labels.byline} ${article.author}</span> | ${dateMarks(view).visible}</div>
<section class="story">
${story}
</section>
<div class="social">${labels.share}</div>
<div class="cards"><h2>${labels.related}</h2>${view.related.map((other) => html`<div class="card"><h3><a href="${other.path}">${other.title}</a></h3></div>\n`)}</div>
<ol class="most-read">${relatedLinks(view)}</ol>
</div>
<div id="bottom"><small>${labels.footer} · ${spec.name} ${view.now.getUTCFullYear()}</small></div>
<div class="consent-layer"><p>${labels.cookies[0]}</p><a href="#">${labels.cookies[1]}</a></div>
</body></html>`;
}

function tables(view: View): Html {
  const { spec, article, labels } = view;
  const body = article.paragraphs.map(({ kind, text }, index) => {
    const block = kind === "h2" ? html`<b>${text}</b>` : inline(text, view);
    return index === 0 ? block : html`<br><br>\n${block}`;
  });
  return html`<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<HTML lang="${spec.language}"><HEAD>${head(view)}</HEAD>
<BODY bgcolor="#ffffff">
<TABLE width="960" align="center" cellpadding="4"><TR><TD colspan="3" class="top"><FONT size="5"><A href="/">${spec.name}</A></FONT>
<FONT size="1">${humanDate(view.now, spec.language, spec.zone)}</FONT></TD></TR>
<TR><TD width="160" valign="top" class="left">${labels.nav.map((item, index) => html`<A href="/part${index}.html">${item}</A><BR>\n`)}</TD>
<TD valign="top" class="main">
<H1><FONT color="#003366">${article.title}</FONT></H1>
<DIV class="source">${labels.published} ${dateMarks(view).visible} &nbsp; ${labels.byline} ${article.author}</DIV>
<DIV id="zoom">${body}</DIV>
<DIV class="tools">${labels.share}</DIV>
<TABLE class="rel"><TR><TD><B>${labels.related}</B><UL>${relatedLinks(view)}</UL></TD></TR></TABLE>
<DIV class="guestbook"><B>${labels.comments[0]}</B>${labels.comments.slice(1).map((text) => html`<P>${text}</P>`)}</DIV>
</TD><TD width="180" valign="top"><B>${labels.newsletter[0]}</B><BR>${labels.newsletter[1]}</TD></TR>
<TR><TD colspan="3" align="center"><FONT size="1">${labels.footer}</FONT></TD></TR></TABLE>
</BODY></HTML>`;
}

function cms(view: View): Html {
  const { spec, article, labels } = view;
  const wrapped = blocks(view, "div").map(
    (block, index) =>
      html`<div class="blk b${(index * 7) % 5}"><div class="in">${block}</div></div>\n`,
  );
  return html`<!DOCTYPE html><html lang="${spec.language}"${spec.language === "ar" && html` dir="rtl"`}><head>${head(view, html`<meta name="author" content="${article.author}">`)}</head>
<body><div class="x-root"><div class="x-hd"><div class="x-hd-i"><a href="/">${spec.name}</a></div>
<div class="x-nv">${labels.nav.map((item, index) => html`<div class="x-nv-e"><a href="/p/${index}">${item}</a></div>`)}</div></div>
<div class="x-bd"><div class="col-8"><div class="c-t"><h1>${article.title}</h1></div>
<div class="c-m"><div>${labels.byline} ${article.author}</div><div>${dateMarks(view).visible}</div></div>
<div class="c-c">${wrapped}</div>
<div class="c-s"><div>${labels.share}</div></div></div>
<div class="col-4"><div class="w"><div class="w-t">${labels.related}</div><ul>${relatedLinks(view)}</ul></div>
<div class="w"><div class="w-t">${labels.newsletter[0]}</div><div>${labels.newsletter[1]}</div></div></div></div>
<div class="x-ft"><div>${labels.footer}</div></div>
<div class="x-ck"><div>${labels.cookies[0]}</div><div><a>${labels.cookies[1]}</a> <a>${labels.cookies[2]}</a></div></div>
</div></body></html>`;
}

function blog(view: View): Html {
  const { spec, article, labels, related } = view;
  return html`<!DOCTYPE html>
<html lang="${spec.language}"><head>${head(view, html`<meta name="generator" content="BlogPress 6.4"><meta property="og:type" content="article">`)}
<link rel="stylesheet" href="/static/site.css"></head>
<body class="post-template-default single single-post">
<a class="skip-link screen-reader-text" href="#primary">${labels.nav[1] ?? ""}</a>
<div id="page" class="site"><header id="masthead"><p class="site-title"><a href="/">${spec.name}</a></p>
<ul id="primary-menu" class="menu">${labels.nav.map((item, index) => html`<li class="menu-item"><a href="/menu/${index}">${item}</a></li>`)}</ul></header>
<div id="primary"><article id="post-${article.slug.length * 131}" class="post hentry">
<header class="entry-header"><h1 class="entry-title">${article.title}</h1>
<div class="entry-meta"><span class="posted-on">${dateMarks(view).visible}</span> <span class="byline vcard">${labels.byline} <a class="url fn" href="/author">${article.author}</a></span></div></header>
<div class="entry-content">
${blocks(view)}
<div class="sharedaddy"><h3 class="sd-title">${labels.share}</h3></div>
</div>
<footer class="entry-footer"><span class="tags-links"><a rel="tag" href="/tag/1">${labels.nav[2] ?? ""}</a>, <a rel="tag" href="/tag/2">${labels.nav[3] ?? ""}</a></span></footer>
</article>
<nav class="post-navigation">${related.slice(0, 2).map((other) => html`<a href="${other.path}">${other.title}</a> `)}</nav>
<div id="comments" class="comments-area"><h2>${labels.comments[0]}</h2><ol class="comment-list">${labels.comments.slice(1).map((text) => html`<li class="comment"><div class="comment-body"><p>${text}</p></div></li>`)}</ol></div></div>
<aside id="secondary" class="widget-area"><section class="widget"><h2 class="widget-title">${labels.related}</h2><ul>${relatedLinks(view)}</ul></section>
<section class="widget widget_text"><h2>${labels.newsletter[0]}</h2><p>${labels.newsletter[1]}</p></section></aside>
<footer id="colophon"><div class="site-info">${labels.footer}</div></footer></div>
<div id="cookie-notice" style="display:none"><span>${labels.cookies[0]}</span> <a>${labels.cookies[1]}</a></div>
</body></html>`;
}

function portal(view: View): Html {
  const { spec, article, labels, related } = view;
  return html`<!DOCTYPE html>
<html lang="${spec.language}"${spec.language === "ar" && html` dir="rtl"`}><head>${head(view)}</head>
<body><div class="banner" role="banner"><a href="/">${spec.name}</a>
<form role="search"><label>${labels.nav.at(-1) ?? ""}<input name="q"></label></form></div>
<nav aria-label="main"><ul>${labels.nav.map((item, index) => html`<li><a href="/g/${index}">${item}</a></li>`)}</ul></nav>
<nav class="breadcrumb" aria-label="breadcrumb"><ol><li><a href="/">${labels.nav[0] ?? ""}</a></li><li><a href="/g/1">${labels.nav[1] ?? ""}</a></li><li aria-current="page">${article.title}</li></ol></nav>
<main itemscope itemtype="https://schema.org/NewsArticle">
<h1 itemprop="headline">${article.title}</h1>
<dl class="facts"><dt>${labels.published}</dt><dd>${dateMarks(view).visible}</dd><dt>${labels.byline}</dt><dd itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">${article.author}</span></dd></dl>
<div class="text" itemprop="articleBody">
${blocks(view)}
</div>
<section class="tools"><p>${labels.share}</p></section>
<section class="see-also"><h2>${labels.related}</h2>${related.map((other) => html`<div class="teaser"><a href="${other.path}"><strong>${other.title}</strong></a><p>${other.paragraphs[0]?.text.slice(0, 110)}…</p></div>\n`)}</section>
</main>
<section class="subscribe"><h2>${labels.newsletter[0]}</h2><p>${labels.newsletter[1]}</p><button>${labels.newsletter[2]}</button></section>
<footer role="contentinfo"><p>${labels.footer}</p><p>${view.now.getUTCFullYear()} ${spec.name}</p></footer>
</body></html>`;
}

function shell(view: Pick<View, "spec" | "labels">): Html {
  const { spec, labels } = view;
  return html`<!doctype html><html lang="${spec.language}"><head><meta charset="utf-8"><title>${spec.name}</title>
<link rel="stylesheet" href="/static/app.css"></head>
<body><noscript>${labels.script}</noscript><div id="app"></div><script type="module" src="/static/app.js"></script></body></html>`;
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

export function amp(view: View): Html {
  const { spec, article, labels } = view;
  return html`<!doctype html><html amp lang="${spec.language}"><head>${head(view)}
<script async src="/static/amp.js"></script></head><body>
<header><a href="/">${spec.name}</a></header>
<article><h1>${article.title}</h1><p class="amp-byline">${labels.byline} ${article.author}, ${dateMarks(view).visible}</p>
<div class="amp-body">${blocks(view)}</div></article>
<amp-social-share type="email">${labels.share}</amp-social-share>
<footer>${labels.footer}</footer></body></html>`;
}

export const TEMPLATES = { classic, magazine, tables, cms, blog, portal, shell };
