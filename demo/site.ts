import type { Html } from "../lib/text.ts";
import { type Charset, SHELL_SCRIPT, type SiteSpec } from "./data.ts";
import type { Truth } from "./truth.ts";

export interface Reply {
  status: number;
  headers: Record<string, string>;
  body: string | Uint8Array;
  delayMs?: number;
  endless?: boolean;
  /** Replaces the reply to the path's first request. */
  firstTime?: Reply;
}

/** A sample site. `path` includes the query. */
export interface Site {
  host: string;
  delayMs: number;
  concurrency: number;
  reply(path: string): Reply | null;
}

/** The demo's sites before they are served, with the expected result and the source files. */
export interface Plan {
  sites: Site[];
  truth(): Truth;
  sources: { id: string; yaml: string }[];
}

export const ok = (type: string, body: string | Uint8Array): Reply => ({
  status: 200,
  headers: { "content-type": type },
  body,
});

export const moved = (status: number, location: string): Reply => ({
  status,
  headers: { location, "content-type": "text/plain" },
  body: `Moved to ${location}\n`,
});

export function page(spec: SiteSpec, { markup }: Html): Reply {
  const charset = spec.charset ?? "utf-8";
  const declared = spec.charsetIn === "meta" ? "" : `; charset=${charset}`;
  return ok(`text/html${declared}`, encode(markup, charset));
}

const tables = new Map<Charset, Map<string, number[]>>();

function bytesByCharacter(charset: Charset): Map<string, number[]> {
  const known = tables.get(charset);
  if (known) return known;
  const table = new Map<string, number[]>();
  const decoder = new TextDecoder(charset);
  const add = (bytes: number[]) => {
    const text = decoder.decode(Uint8Array.from(bytes));
    if (Array.from(text).length === 1 && text !== "\ufffd" && !table.has(text))
      table.set(text, bytes);
  };
  for (let byte = 0; byte < 256; byte++) add([byte]);
  if (charset !== "windows-1251") {
    for (let lead = 0x81; lead < 0xff; lead++) {
      for (let trail = 0x40; trail < 0xff; trail++) add([lead, trail]);
    }
  }
  tables.set(charset, table);
  return table;
}

export function encode(text: string, charset: Charset): Uint8Array {
  if (charset === "utf-8") return new TextEncoder().encode(text);
  const table = bytesByCharacter(charset);
  const bytes: number[] = [];
  for (const char of text) {
    bytes.push(...(table.get(char) ?? Buffer.from(`&#${char.codePointAt(0)};`)));
  }
  return Uint8Array.from(bytes);
}

const PIXEL = Buffer.from("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7", "base64");

export const STATICS: Record<string, Reply> = {
  "/static/site.css": ok("text/css", "body{font-family:sans-serif}.cookie-bar{position:fixed}"),
  "/static/app.css": ok("text/css", "#app{max-width:60rem;margin:auto}"),
  "/static/site.js": ok("text/javascript", "document.documentElement.classList.add('js');"),
  "/static/amp.js": ok("text/javascript", ""),
  "/static/app.js": ok("text/javascript", SHELL_SCRIPT),
  "/favicon.ico": ok("image/gif", PIXEL),
};

/**
 * Returns whether pages load this path, such as a script or an image. Requests for it don't count
 * as pages.
 */
export function isSubResource(path: string): boolean {
  return /^\/(static|img|api)\/|^\/favicon\.ico$/.test(path);
}

export const picture = () => ok("image/gif", PIXEL);
