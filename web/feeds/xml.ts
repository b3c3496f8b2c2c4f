import { escapeText, Html, html, type Part } from "../../lib/html.ts";

/** XML declaration and a root element. */
export function document(root: Html): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${root.markup}\n`;
}

/** One element; attributes that are null are left out. */
export function element(
  name: string,
  attributes: Record<string, string | null>,
  ...content: Part[]
): Html {
  const shown = Object.entries(attributes)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => ` ${key}="${escapeText(value ?? "")}"`)
    .join("");
  const inner = html`${content}`.markup;
  return new Html(inner === "" ? `<${name}${shown}/>` : `<${name}${shown}>${inner}</${name}>`);
}

/** Paragraphs as HTML in a string, to be put into an element as text. */
export function asHtml(paragraphs: string[]): string {
  return html`${paragraphs.map((text) => html`<p>${text}</p>`)}`.markup;
}
