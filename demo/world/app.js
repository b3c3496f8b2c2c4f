const app = document.getElementById("app");
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
  line.append(make("span", data.labels.byline + " " + data.author, { class: "author" }), " · ");
  line.append(make("time", data.date, { datetime: data.published }));
  const body = make("div", "", { class: "story-content" });
  for (const part of data.body) body.append(make({ p: "p", h2: "h2", quote: "blockquote" }[part.kind], part.text));
  article.append(line, body, make("div", data.labels.share, { class: "share" }));
  const aside = make("aside");
  aside.append(make("h3", data.labels.related));
  for (const other of data.related) aside.append(make("a", other.title, { href: other.path }));
  app.append(nav, article, aside, make("footer", data.labels.footer));
}
