import { escape } from "../text.ts";
import { blocks, dateMarks, head, relatedLinks, type View } from "../view.ts";

/** A magazine page: the story is cut into sections with boxes between them. */
export function magazine(view: View): string {
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
<div class="meta"><span class="author">${escape(labels.by)} ${escape(article.author)}</span> | ${dateMarks(view).visible}</div>
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
