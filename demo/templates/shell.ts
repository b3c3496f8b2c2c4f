import { humanDate, isoIn } from "../dates.ts";
import { escape } from "../text.ts";
import type { View } from "../view.ts";

/** The same empty page for every address: the article comes by script. */
export function shell(view: Pick<View, "spec" | "labels">): string {
  const { spec, labels } = view;
  return `<!doctype html><html lang="${spec.language}"><head><meta charset="utf-8"><title>${escape(spec.name)}</title>
<link rel="stylesheet" href="/static/app.css"></head>
<body><noscript>${escape(labels.script)}</noscript><div id="app"></div><script type="module" src="/static/app.js"></script></body></html>`;
}

/** What the script fetches for an article. */
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

/** The script of the page: renders the article that the address names, a moment after loading. */
export const SHELL_SCRIPT = `const app = document.getElementById("app");
const make = (tag, text, attributes = {}) => {
  const element = document.createElement(tag);
  if (text) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
};
const answer = await fetch("/api/news" + location.pathname + ".json");
if (!answer.ok) {
  app.append(make("h1", "404"));
} else {
  const data = await answer.json();
  await new Promise((resolve) => setTimeout(resolve, 150));
  document.title = data.title;
  document.head.append(make("link", "", { rel: "canonical", href: data.url }));
  const nav = make("nav");
  for (const item of data.labels.nav) nav.append(make("a", item, { href: "/" }));
  const article = make("article");
  article.append(make("h1", data.title));
  const line = make("p", "", { class: "byline" });
  line.append(make("span", data.labels.by + " " + data.author, { class: "author" }), " · ");
  line.append(make("time", data.date, { datetime: data.published }));
  const body = make("div", "", { class: "story-content" });
  for (const part of data.body) body.append(make({ p: "p", h2: "h2", quote: "blockquote" }[part.kind], part.text));
  article.append(line, body, make("div", data.labels.share, { class: "share" }));
  const aside = make("aside");
  aside.append(make("h3", data.labels.related));
  for (const other of data.related) aside.append(make("a", other.title, { href: other.path }));
  app.append(nav, article, aside, make("footer", data.labels.footer));
}
`;
