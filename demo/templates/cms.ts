import { escape } from "../text.ts";
import { blocks, dateMarks, head, relatedLinks, type View } from "../view.ts";

/** A page of a site builder: nested divs with meaningless names, a div per paragraph. */
export function cms(view: View): string {
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
<div class="c-m"><div>${escape(labels.by)} ${escape(article.author)}</div><div>${dateMarks(view).visible}</div></div>
<div class="c-c">${wrapped}</div>
<div class="c-s"><div>${escape(labels.share)}</div></div></div>
<div class="col-4"><div class="w"><div class="w-t">${escape(labels.related)}</div><ul>${relatedLinks(view)}</ul></div>
<div class="w"><div class="w-t">${escape(labels.newsletter[0])}</div><div>${escape(labels.newsletter[1])}</div></div></div></div>
<div class="x-ft"><div>${escape(labels.footer)}</div></div>
<div class="x-ck"><div>${escape(labels.cookies[0])}</div><div><a>${escape(labels.cookies[1])}</a> <a>${escape(labels.cookies[2])}</a></div></div>
</div></body></html>`;
}
