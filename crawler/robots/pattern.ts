/** A parsed path pattern. The greatest `length`, in bytes of the escaped form, decides. */
export interface Pattern {
  length: number;
  /** Literal parts between the `*`s. */
  parts: string[];
  /** Whether the pattern ends with `$`, so that its last part must end the path. */
  anchored: boolean;
}

/** Parses a path pattern (RFC 9309 section 2.2.2): `*` is any text, a final `$` is the end. */
export function toPattern(value: string): Pattern {
  const escaped = escapePattern(value);
  const anchored = escaped.endsWith("$");
  const body = anchored ? escaped.slice(0, -1) : escaped;
  return { length: escaped.length, parts: body.split("*"), anchored };
}

/** Returns whether the pattern matches the path's start, or all of the path if anchored. */
export function matches({ parts, anchored }: Pattern, path: string): boolean {
  const [first = ""] = parts;
  if (parts.length === 1) return anchored ? path === first : path.startsWith(first);
  if (!path.startsWith(first)) return false;
  let at = first.length;
  const last = parts.length - 1;
  for (let index = 1; index < (anchored ? last : parts.length); index++) {
    const part = parts[index] ?? "";
    const found = path.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  const end = parts[last] ?? "";
  return !anchored || (path.endsWith(end) && path.length - end.length >= at);
}

/** Makes `/ä` and `/%c3%a4` equal. */
function escapePattern(value: string): string {
  return value
    .replace(/%[0-9a-fA-F]{2}/g, (escape) => escape.toUpperCase())
    .replace(/[\u0080-\u00ff]/g, (byte) => {
      return `%${byte.charCodeAt(0).toString(16).toUpperCase()}`;
    });
}

/** Returns a URL's path and query as written, without the fragment; begins with `/`. */
export function pathOf(url: string): string {
  const from = url.startsWith("//") ? 2 : 0;
  const early = firstOf(url, from);
  let authority = url.indexOf("://", from);
  authority = authority === -1 || (early !== -1 && early < authority) ? from : authority + 3;
  const start = firstOf(url, authority);
  if (start === -1) return "/";
  const hash = url.indexOf("#", from);
  if (hash !== -1 && hash < start) return "/";
  const path = url.slice(start, hash === -1 ? url.length : hash);
  return path.startsWith("/") ? path : `/${path}`;
}

function firstOf(url: string, from: number): number {
  for (let at = from; at < url.length; at++) {
    const char = url[at];
    if (char === "/" || char === "?" || char === ";") return at;
  }
  return -1;
}
