import { type Page, textOf } from "./site.ts";

/** Ways in which scripts load the text of an article. */
export const SCRIPT_WAYS = [
  "an empty shell",
  "a frame from the server",
  "teasers with pictures",
  "data in a script element",
  "a fetch once the text is looked at",
  "a shadow root",
] as const;

export type ScriptWay = (typeof SCRIPT_WAYS)[number];

/** A page whose text is loaded by a script, with the further URLs that it needs. */
export interface ScriptPage {
  title: string;
  text: string;
  pages: Record<string, Page>;
}

/** The parts of a page. */
interface Parts {
  path: string;
  title: string;
  /** The article's text as HTML. */
  html: string;
}

/** Returns an article at `path` whose text is loaded in one of the ways. */
export function scriptPage(way: ScriptWay, path: string): ScriptPage {
  const title = `Report of the council on ${path}`;
  const text = textOf(title);
  const paragraphs = text.split("\n\n").map((paragraph) => `<p>${paragraph}</p>`);
  const html = paragraphs.join("");
  const body = asJson({ html });
  return {
    title,
    text,
    pages: { [`${path}/body.json`]: body, ...WAYS[way]({ path, title, html }) },
  };
}

const WAYS: Record<ScriptWay, (parts: Parts) => Record<string, Page>> = {
  "an empty shell": ({ path, title, html }) => {
    const article = `<article><h1>${title}</h1>${html}</article>`;
    const script = `document.getElementById("root").innerHTML = ${JSON.stringify(article)};`;
    const page = `<html lang="en"><head><title>News</title></head><body><div id="root"></div><script src="${path}/app.js"></script></body></html>`;
    return { [path]: page, [`${path}/app.js`]: answer("text/javascript", script) };
  },
  "a frame from the server": ({ path, title }) => {
    return { [path]: frame(title, slotFor(title), fetching(path, FILL)) };
  },
  "teasers with pictures": ({ path, title }) => {
    return { [path]: frame(title, slotFor(title) + TEASERS, fetching(path, FILL)) };
  },
  "data in a script element": ({ path, title, html }) => {
    const data = JSON.stringify({ page: { article: { title, html } } });
    const show = `document.getElementById("body").innerHTML = JSON.parse(document.getElementById("data").textContent).page.article.html;`;
    const scripts = `<script id="data" type="application/json">${data}</script><script>${show}</script>`;
    return { [path]: frame(title, slotFor(title), scripts) };
  },
  "a fetch once the text is looked at": ({ path, title }) => {
    const watch = `const body = document.getElementById("body");
      new IntersectionObserver(([seen], own) => {
        if (!seen.isIntersecting) return;
        own.disconnect();
        setTimeout(() => fill(body), 300);
      }).observe(body);`;
    const space = `<div style="height:2500px">${TEASERS}</div>`;
    return { [path]: frame(title, space + slotFor(title), fetching(path, watch)) };
  },
  "a shadow root": ({ path, title }) => {
    const define = `customElements.define("news-article", class extends HTMLElement {
      connectedCallback() {
        const root = this.attachShadow({ mode: "open" });
        root.innerHTML = "<div><slot></slot></div><section></section>";
        fill(root.querySelector("section"));
      }
    });`;
    const own = `<news-article><h1>${title}</h1></news-article>`;
    return { [path]: frame(title, own, fetching(path, define)) };
  },
};

const FILL = `fill(document.getElementById("body"));`;

function slotFor(title: string): string {
  return `<article><h1>${title}</h1><p class="byline">By Ada Example</p><div class="article-body" id="body"></div></article>`;
}

/** Returns a script that fetches the text; `fill` inserts it into an element. */
function fetching(path: string, script: string): string {
  const fill = `const fill = async (into) => {
    const answer = await fetch("${path}/body.json");
    into.innerHTML = (await answer.json()).html;
  };`;
  return `<script>${fill} ${script}</script>`;
}

function asJson(value: unknown): Page {
  return answer("application/json", JSON.stringify(value));
}

function answer(type: string, body: string): Page {
  return (_, response) => void response.writeHead(200, { "content-type": type }).end(body);
}

/** Returns a finished page without the article's text: it claims to be an article, and has menus and a footer. */
function frame(title: string, content: string, scripts: string): string {
  const menu = [
    "News",
    "Politics",
    "Transport",
    "Housing",
    "Schools",
    "Culture",
    "Sports",
    "Contact",
  ];
  const links = menu.map((name) => `<li><a href="/${name.toLowerCase()}/">${name}</a></li>`);
  const stated = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    headline: title,
    datePublished: "2026-11-24T08:00:00Z",
  };
  return `<!doctype html><html lang="en"><head><title>${title} | City News</title>
<script type="application/ld+json">${JSON.stringify(stated)}</script></head><body>
<header><a href="/">City News</a><nav><ul>${links.join("")}</ul></nav></header>
<main>${content}</main>
<footer><p>City News is published by the press office of the city. All rights reserved. Write to us if you find a mistake.</p>
<ul>${links.join("")}</ul></footer>${scripts}</body></html>`;
}

/** Five boxed images that link to other articles. */
const TEASERS = `<section class="gallery slider">${["Tram", "Library", "Budget", "School", "River"]
  .map(
    (name) =>
      `<div class="slide"><a href="/other/${name}"><img src="/pictures/${name}.jpg" alt="${name}"><span>${name} reopens</span></a></div>`,
  )
  .join("")}</section>`;
