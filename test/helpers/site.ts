import { EventEmitter, once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { TDM_PATH } from "../../crawler/robots/robots.ts";
import { shortHash } from "../../lib/text.ts";
import { type Loopback, listen } from "./loopback.ts";

/** What a page of a site sends: HTML, or whatever the function does with the response. */
export type Page = string | ((request: IncomingMessage, response: ServerResponse) => void);

/** A news site on a loopback address. */
export interface TestSite extends Loopback {
  /** `hostname:port`, as in links and hosts. */
  host: string;
  at(path: string): string;
  pages: Record<string, Page>;
  /** Requested paths, in order. */
  requests: string[];
}

/** Serves `pages` under a name; any other path is a 404. */
export async function openSite(name: string, address: string): Promise<TestSite> {
  const pages: Record<string, Page> = {};
  const requests: string[] = [];
  const server = await listen(address, (request, response) => {
    const path = request.url ?? "";
    const page = pages[path];
    // It is requested once a day from every host: record that only for tests that serve it.
    if (path !== TDM_PATH || page !== undefined) requests.push(path);
    if (page === undefined) response.writeHead(404).end("not here");
    else if (typeof page === "function") page(request, response);
    else {
      const type = page.startsWith("<?xml") ? "application/rss+xml" : "text/html";
      response.writeHead(200, { "content-type": `${type}; charset=utf-8` }).end(page);
    }
  });
  const host = `${name}:${server.port}`;
  return { ...server, host, pages, requests, at: (path) => `http://${host}${path}` };
}

const WORDS = `council city data portal open service digital permit online residents office budget
  street bus sensor network public tender school energy water traffic park plan map form`
  .trim()
  .split(/\s+/);

/** Returns a different text for each name. */
export function textOf(name: string, words = 160): string {
  let state = Number.parseInt(shortHash(name).slice(0, 8), 16);
  const list = Array.from({ length: words }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return WORDS[(state >>> 8) % WORDS.length];
  });
  const paragraphs = [0, 40, 80, 120].map((from) => list.slice(from, from + 40).join(" "));
  return paragraphs.map((text) => `The ${name} ${text}.`).join("\n\n");
}

/** Returns an article page with the text for its title. */
export function articlePage(title: string, text = textOf(title), head = ""): string {
  const paragraphs = text.split("\n\n").map((paragraph) => `<p>${paragraph}</p>`);
  return `<!doctype html><html lang=en><head><title>${title}</title>${head}
    <meta property="og:type" content="article"><meta property="og:title" content="${title}">
    <meta property="article:published_time" content="2026-11-24T08:00:00Z"></head>
    <body><main><article><h1>${title}</h1>${paragraphs.join("\n")}</article></main></body></html>`;
}

/** Returns a page that has moved permanently. */
export function moved(to: string): Page {
  return (_, response) => void response.writeHead(301, { location: to }).end();
}

/** An item of a feed. */
export interface FeedItem {
  url: string;
  /** Empty for none. */
  title?: string;
  /** Its other elements. */
  more?: string;
}

/** Returns an RSS feed of items or URLs, newest first. */
export function feedOf(
  given: readonly (string | FeedItem)[],
  published = new Date(Date.now() - 3_600_000),
): string {
  const all = given.map((one): FeedItem => (typeof one === "string" ? { url: one } : one));
  const items = all.map(
    ({ url, title = `News of ${new URL(url).pathname}`, more = "" }) =>
      `<item>${title && `<title>${title}</title>`}<link>${url}</link>
      <guid>${url}</guid><pubDate>${published.toUTCString()}</pubDate>${more}</item>`,
  );
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>
    <link>${all[0]?.url ?? "http://none.example/"}</link><description>x</description>
    ${items.join("\n")}</channel></rss>`;
}

/** A page that withholds its first response until it is told to send it; later ones come at once. */
export interface UnansweredPage {
  page: Page;
  /** Resolves once it was requested. */
  requests: Promise<unknown>;
  /** Sends the first response. */
  answer: () => void;
}

/** Returns a page that withholds the first response, `html`; further requests get `later`. */
export function holdPage(html: string, later = html): UnansweredPage {
  const unanswered: ServerResponse[] = [];
  const events = new EventEmitter();
  return {
    page: (_, response) => {
      if (unanswered.length > 0) send(response, later);
      else {
        unanswered.push(response);
        events.emit("asked");
      }
    },
    requests: once(events, "asked"),
    answer: () => unanswered.forEach((response) => send(response, html)),
  };
}

function send(response: ServerResponse, html: string): void {
  response.setHeader("content-type", "text/html").end(html);
}
