const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup that is safe to put into a page as it is; only `html` makes it. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

/** What an `html` template accepts: text is escaped, lists are joined. */
export type Part = Html | string | number | null | undefined | false | Part[];

/** Tagged template for markup: every value is escaped unless it is `Html` itself. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  let markup = strings[0] ?? "";
  for (const [index, part] of parts.entries()) markup += render(part) + (strings[index + 1] ?? "");
  return new Html(markup);
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return "";
  if (Array.isArray(part)) return part.map(render).join("");
  return part instanceof Html ? part.markup : escapeText(String(part));
}

/** Texts that are what they are in markup; most are, and looking for more in them costs more. */
const PLAIN = /^[\w !#$%()*+,\-./:;=?@[\\\]^`{|}~]*$/;

/** Text with `& < > " '` as entities and without the characters that XML forbids. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/(?![\t\n\r])\p{Control}|\p{Surrogate}|[\uFFFE\uFFFF]/gu, "")
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** An absolute http(s) URL in its parsed form, else null: never `javascript:` or `data:`. */
export function httpUrl(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : null;
}
