import { Parser } from "htmlparser2";

/** Characters of markup looked at: more hold no title or teaser. */
const MAX_MARKUP = 100_000;
const HIDDEN = new Set(["script", "style", "template", "noscript"]);
const BLOCK = new Set("p div br li td th tr h1 h2 h3 h4 h5 h6 section article dt dd".split(" "));

/** The readable text of an HTML fragment on one line, cut at `limit` characters. */
export function plainText(html: string, limit = 2000): string {
  const head = html.slice(0, MAX_MARKUP);
  return clip(/[<&]/.test(head) ? withoutMarkup(head) : head, limit);
}

function withoutMarkup(html: string): string {
  let text = "";
  let hidden = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (HIDDEN.has(name)) hidden += 1;
      if (BLOCK.has(name)) text += " ";
    },
    onclosetag(name) {
      if (HIDDEN.has(name)) hidden -= 1;
      if (BLOCK.has(name)) text += " ";
    },
    ontext(part) {
      if (hidden === 0) text += part;
    },
  });
  parser.end(html);
  return text;
}

function clip(text: string, limit: number): string {
  const line = text.replace(/[\s\u200b\ufeff]+/g, " ").trim();
  if (line.length <= limit) return line;
  const cut = line.slice(0, limit);
  const space = cut.lastIndexOf(" ");
  return `${(space > limit * 0.8 ? cut.slice(0, space) : cut).replace(/[\ud800-\udbff]$/, "")}…`;
}
