import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Parser } from "htmlparser2";
import type { Prediction } from "./extract-table.ts";

interface Said {
  title?: string | null | undefined;
  html?: string | null | undefined;
  author?: string | null | undefined;
  published?: string | null | undefined;
  language?: string | null | undefined;
}

type Run = (html: string, url: string) => Said | null | Promise<Said | null>;

type Answer = Partial<Record<string, string | null>> | null;

export const PEERS: Record<string, (folder: string) => Promise<Run>> = {
  "readability+linkedom": async (folder) => {
    const { parseHTML } = await load(folder, "linkedom");
    const { Readability } = await load(folder, "@mozilla/readability");
    return (html) => {
      const { document } = parseHTML(html);
      const answer: Answer = new Readability(document).parse();
      if (!answer) return null;
      const { title, content, byline, publishedTime, lang } = answer;
      return { title, html: content, author: byline, published: publishedTime, language: lang };
    };
  },
  defuddle: async (folder) => {
    const { parseHTML } = await load(folder, "linkedom");
    const { Defuddle } = await load(folder, "defuddle/node");
    return async (html, url) => {
      const { document } = parseHTML(html);
      // By default, Defuddle queries third parties for some pages.
      const answer: Answer = await Defuddle(document, url, { useAsync: false });
      if (!answer) return null;
      const { title, content, author, published, language } = answer;
      return { title, html: content, author, published, language };
    };
  },
  "article-extractor": async (folder) => {
    const { extractFromHtml } = await load(folder, "@extractus/article-extractor");
    return async (html, url) => {
      const answer: Answer = await extractFromHtml(html, url);
      if (!answer) return null;
      const { title, content, author, published } = answer;
      return { title, html: content, author, published };
    };
  },
  "postlight-parser": async (folder) => {
    const { default: parser } = await load(folder, "@postlight/parser");
    return async (html, url) => {
      // Without further pages, the parser makes no requests.
      const answer: Answer = await parser.parse(url, { html, fetchAllPages: false });
      if (!answer || answer["error"]) return null;
      const { title, content, author, date_published: published } = answer;
      return { title, html: content, author, published };
    };
  },
};

// biome-ignore lint/suspicious/noExplicitAny: the peers are installed on demand, without types.
type Untyped = Record<string, any>;

/**
 * Imports a package with the loader in the peer's folder, because Node resolves a package's name
 * from the folder of the importing file.
 */
async function load(folder: string, name: string): Promise<Untyped> {
  const loader: { load: (name: string) => Promise<Untyped> } = await import(
    pathToFileURL(join(folder, LOADER.file)).href
  );
  return loader.load(name);
}

/** The module that we add to each peer's folder. */
export const LOADER = { file: "load.mjs", text: "export const load = (name) => import(name);\n" };

export function toPrediction(id: string, said: Said | null): Prediction {
  const { title = null, html = null, author = null, published = null, language } = said ?? {};
  return {
    id,
    title,
    text: html === null ? null : textOf(html),
    authors: authorsIn(author),
    published,
    lang: language ?? null,
  };
}

export function authorsIn(byline: string | null): string[] | null {
  return byline ? byline.split(/\s*(?:,|;|\band\b|&)\s*/).filter(Boolean) : null;
}

const BLOCK_TAGS = new Set(
  "p div br li ul ol td th tr table h1 h2 h3 h4 h5 h6 section article blockquote pre figure figcaption".split(
    " ",
  ),
);

function textOf(html: string): string {
  let text = "";
  const parser = new Parser({
    onopentagname: (name) => {
      if (BLOCK_TAGS.has(name)) text += "\n";
    },
    onclosetag: (name) => {
      if (BLOCK_TAGS.has(name)) text += "\n";
    },
    ontext: (part) => {
      text += part.replace(/\s+/g, " ");
    },
  });
  parser.end(html);
  return text.replace(/\s*\n\s*/g, "\n").trim();
}
