import { SaxesParser } from "saxes";

/** One `url` or `sitemap` entry, values as they stand. */
export interface SitemapEntry {
  loc: string;
  lastmod: string | undefined;
  newsTitle: string | undefined;
  newsDate: string | undefined;
  newsLanguage: string | undefined;
  newsKeywords: string | undefined;
}

/** What a sitemap file holds: entries of one kind, and what was odd, in words. */
export interface SitemapFile {
  kind: "urlset" | "index" | null;
  entries: SitemapEntry[];
  problems: string[];
}

const CHUNK = 65_536;
const MAX_VALUE = 8192;
/** Elements we read, by their path of local names; anything else (images, video) is passed over. */
const FIELDS: Record<string, keyof SitemapEntry> = {
  loc: "loc",
  lastmod: "lastmod",
  "news/title": "newsTitle",
  "news/publication_date": "newsDate",
  "news/publication/language": "newsLanguage",
  "news/keywords": "newsKeywords",
};

/**
 * Reads a sitemap in chunks and stops after `max` entries, at a DOCTYPE, or at the end. Errors of
 * the XML are passed over; the first one is reported.
 */
export function readSitemapXml(xml: string, max: number): SitemapFile {
  const file: SitemapFile = { kind: null, entries: [], problems: [] };
  const path: string[] = [];
  let entry: Partial<SitemapEntry> = {};
  let value = "";
  const state = { stopped: false };
  const parser = new SaxesParser({ position: false });
  parser.on("doctype", () => {
    state.stopped = true;
    file.problems.push("refused: a sitemap with a DOCTYPE");
  });
  parser.on("error", (error) => {
    if (file.problems.length === 0) file.problems.push(`broken XML: ${error.message}`);
  });
  parser.on("opentag", (tag) => {
    path.push(localName(tag.name));
    value = "";
    if (path.length === 1) file.kind = kindOf(path[0]);
    if (path.length === 2) entry = {};
  });
  const addText = (text: string) => {
    if (value.length < MAX_VALUE) value += text;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", () => {
    const field = FIELDS[path.slice(2).join("/")];
    if (field !== undefined && value.trim()) entry[field] ??= value.trim();
    value = "";
    if (path.length === 2 && entry.loc !== undefined && !state.stopped) {
      if (file.entries.length < max) file.entries.push({ ...EMPTY, ...entry, loc: entry.loc });
      else state.stopped = true;
    }
    path.pop();
  });
  const whole = withEscapedAmpersands(xml);
  if (whole !== xml) file.problems.push("broken XML: unescaped & repaired");
  for (let at = 0; at < whole.length && !state.stopped; at += CHUNK)
    parser.write(whole.slice(at, at + CHUNK));
  if (!state.stopped) parser.close();
  else if (file.entries.length === max)
    file.problems.push(`more than ${max} entries; the rest is left`);
  return file;
}

const EMPTY = {
  lastmod: undefined,
  newsTitle: undefined,
  newsDate: undefined,
  newsLanguage: undefined,
  newsKeywords: undefined,
};

/** A bare `&` would swallow everything up to the next semicolon. */
function withEscapedAmpersands(xml: string): string {
  return xml.replace(/&(?!#?\w{1,10};)/g, "&amp;");
}

function kindOf(root: string | undefined): SitemapFile["kind"] {
  if (root === "urlset") return "urlset";
  return root === "sitemapindex" ? "index" : null;
}

function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1).toLowerCase();
}
