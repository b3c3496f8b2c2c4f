import { type Html, html, type Part } from "../../../lib/html.ts";

/** A text of the portal as markup: words in backticks are code, `{}` is where `part` stands. */
export function rich(text: string, part: Part = null): Html {
  const pieces = text.split(/(`[^`]+`|\{\})/).map((piece) => {
    if (piece === "{}") return part;
    return piece.startsWith("`") ? html`<code>${piece.slice(1, -1)}</code>` : piece;
  });
  return html`${pieces}`;
}
