import { escape } from "../text.ts";
import { blocks, dateMarks, head, type View } from "../view.ts";

/** A page of a public body's portal: breadcrumb, list of facts, microdata, boxes at the end. */
export function portal(view: View): string {
  const { spec, article, labels, related } = view;
  return `<!DOCTYPE html>
<html lang="${spec.language}"${spec.language === "ar" ? ' dir="rtl"' : ""}><head>${head(view)}</head>
<body><div class="banner" role="banner"><a href="/">${escape(spec.name)}</a>
<form role="search"><label>${escape(labels.nav.at(-1) ?? "")}<input name="q"></label></form></div>
<nav aria-label="main"><ul>${labels.nav.map((item, index) => `<li><a href="/g/${index}">${escape(item)}</a></li>`).join("")}</ul></nav>
<nav class="breadcrumb" aria-label="breadcrumb"><ol><li><a href="/">${escape(labels.nav[0] ?? "")}</a></li><li><a href="/g/1">${escape(labels.nav[1] ?? "")}</a></li><li aria-current="page">${escape(article.title)}</li></ol></nav>
<main itemscope itemtype="https://schema.org/NewsArticle">
<h1 itemprop="headline">${escape(article.title)}</h1>
<dl class="facts"><dt>${escape(labels.published)}</dt><dd>${dateMarks(view).visible}</dd><dt>${escape(labels.by)}</dt><dd itemprop="author" itemscope itemtype="https://schema.org/Person"><span itemprop="name">${escape(article.author)}</span></dd></dl>
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
