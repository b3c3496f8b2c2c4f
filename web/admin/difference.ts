import { type Html, html } from "../../lib/html.ts";

/** A run of words that stayed, came or went. */
interface Piece {
  kind: "same" | "added" | "removed";
  text: string;
}

/** What differs between two texts, by paragraph and word. */
export interface TextDifference {
  title: Piece[];
  paragraphs: { pieces: Piece[] }[] | null;
}

/** A difference as a title and paragraphs, in which what came and what went is marked. */
export function differenceOf({ title, paragraphs }: TextDifference): Html {
  const body = paragraphs?.map(({ pieces }) => html`<p>${pieces.map(pieceOf)}</p>\n`);
  return html`<h3>${title.map(pieceOf)}</h3>
${body ?? html`<p>The texts are too long to be compared.</p>`}`;
}

function pieceOf({ kind, text }: Piece): Html {
  if (kind === "same") return html`${text}`;
  return kind === "added" ? html`<ins>${text}</ins>` : html`<del>${text}</del>`;
}
