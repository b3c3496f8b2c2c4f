import { escape } from "../text.ts";
import { blocks, dateMarks, head, relatedLinks, type View } from "../view.ts";

/** A tidy news page: header, article, sidebar, comments, footer. */
export function classic(view: View): string {
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
<p class="byline">${escape(labels.by)} <a rel="author" href="/authors">${escape(article.author)}</a> · ${escape(labels.published)} ${dateMarks(view).visible}</p>
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
<section class="comments" id="comments"><h3>${escape(labels.comments[0])}</h3>${labels.comments
    .slice(1)
    .map((comment) => `<div class="comment"><p>${escape(comment)}</p></div>`)
    .join("")}</section>
</main>
<aside class="sidebar"><h3>${escape(labels.related)}</h3><ul>${relatedLinks(view)}</ul></aside>
<footer class="site-footer"><p>© ${view.now.getUTCFullYear()} ${escape(spec.name)}</p><p>${escape(labels.footer)}</p></footer>
<script src="/static/site.js" defer></script>
</body></html>`;
}
