const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup that is safe to insert into a page. The constructor escapes nothing; use `html`. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }

  toString(): string {
    return this.markup;
  }
}

/** A value in a template: text is escaped, arrays joined, and null, undefined and false omitted. */
export type Part = Html | string | number | null | undefined | false | Part[];

/** Template tag for markup: escapes every value except `Html`. */
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

/** Matches ASCII text that needs no escaping; testing for more characters would take longer. */
const PLAIN = /^[\w !#$%()*+,\-./:;=?@[\\\]^`{|}~]*$/;

/** Returns a text with `& < > " '` as entities, and without characters that XML forbids. */
export function escapeText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .replace(/(?![\t\n\r])\p{Control}|\p{Surrogate}|[\uFFFE\uFFFF]/gu, "")
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** Returns a normalised http(s) URL, resolved against `base`; null for others, such as `data:`. */
export function httpUrl(url: string, base?: string): string | null {
  if (!URL.canParse(url, base)) return null;
  const { protocol, href } = new URL(url, base);
  return protocol === "https:" || protocol === "http:" ? href : null;
}
