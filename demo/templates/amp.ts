import { escape } from "../text.ts";
import { blocks, dateMarks, head, type View } from "../view.ts";

/** The AMP version of an article: the same text, its canonical address is the article's. */
export function amp(view: View): string {
  const { spec, article, labels } = view;
  return `<!doctype html><html amp lang="${spec.language}"><head>${head(view)}
<script async src="/static/amp.js"></script></head><body>
<header><a href="/">${escape(spec.name)}</a></header>
<article><h1>${escape(article.title)}</h1><p class="amp-byline">${escape(labels.by)} ${escape(article.author)}, ${dateMarks(view).visible}</p>
<div class="amp-body">${blocks(view).join("\n")}</div></article>
<amp-social-share type="email">${escape(labels.share)}</amp-social-share>
<footer>${escape(labels.footer)}</footer></body></html>`;
}
