import { escape } from "../text.ts";
import { blocks, dateMarks, head, relatedLinks, type View } from "../view.ts";

/** A page of common blog software: post, author box, neighbours, comments, widgets. */
export function blog(view: View): string {
  const { spec, article, labels, related } = view;
  const comments = labels.comments
    .slice(1)
    .map(
      (text) => `<li class="comment"><div class="comment-body"><p>${escape(text)}</p></div></li>`,
    );
  return `<!DOCTYPE html>
<html lang="${spec.language}"><head>${head(view, `<meta name="generator" content="BlogPress 6.4"><meta property="og:type" content="article">`)}
<link rel="stylesheet" href="/static/site.css"></head>
<body class="post-template-default single single-post">
<a class="skip-link screen-reader-text" href="#primary">${escape(labels.nav[1] ?? "")}</a>
<div id="page" class="site"><header id="masthead"><p class="site-title"><a href="/">${escape(spec.name)}</a></p>
<ul id="primary-menu" class="menu">${labels.nav.map((item, index) => `<li class="menu-item"><a href="/menu/${index}">${escape(item)}</a></li>`).join("")}</ul></header>
<div id="primary"><article id="post-${article.slug.length * 131}" class="post hentry">
<header class="entry-header"><h1 class="entry-title">${escape(article.title)}</h1>
<div class="entry-meta"><span class="posted-on">${dateMarks(view).visible}</span> <span class="byline vcard">${escape(labels.by)} <a class="url fn" href="/author">${escape(article.author)}</a></span></div></header>
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
<div id="comments" class="comments-area"><h2>${escape(labels.comments[0])}</h2><ol class="comment-list">${comments.join("")}</ol></div></div>
<aside id="secondary" class="widget-area"><section class="widget"><h2 class="widget-title">${escape(labels.related)}</h2><ul>${relatedLinks(view)}</ul></section>
<section class="widget widget_text"><h2>${escape(labels.newsletter[0])}</h2><p>${escape(labels.newsletter[1])}</p></section></aside>
<footer id="colophon"><div class="site-info">${escape(labels.footer)}</div></footer></div>
<div id="cookie-notice" style="display:none"><span>${escape(labels.cookies[0])}</span> <a>${escape(labels.cookies[1])}</a></div>
</body></html>`;
}
