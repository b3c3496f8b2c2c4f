/** Why an article is in its story: the earlier article that it goes with, how, and how surely. */
export interface Match {
  with: string;
  kind: "same text" | "similar" | "excerpt" | "same id" | "same title" | "same event";
  /** 0 to 1, two decimals. */
  score: number;
  /** Rare words, names and numbers that both have, the heaviest first; of events only. */
  terms?: string[];
}

/** The place of an article among those that tell the same. */
export interface Cluster {
  /** null for an article that begins a story. */
  match: Match | null;
  /** Earliest article with its text; itself where it copies none. */
  origin: string;
  /** Earliest article of its story. */
  story: string;
}

/** A constraint between articles: never in one story (`cannot-link`), or always (`must-link`). */
export interface LinkConstraint {
  /** The correction; both sides carry it. */
  id: string;
  kind: "cannot-link" | "must-link";
  with: string[];
}

/** The source whose text an article repeats, and how many seconds later. */
export interface Origin {
  sourceId: string;
  after: number;
}

/** The title of an article's story for readers, and the representative of its text. */
export interface Representation {
  /** The article that represents its text; null when it does so itself. */
  duplicateOf: string | null;
  /** The article that represents the story. */
  storyId: string;
  /** The source of the earliest article with its text; null when it is that itself. */
  origin: Origin | null;
}

/** Why an article is in its story: its match, or an editor's word. */
export interface Because extends Omit<Match, "kind"> {
  kind: Match["kind"] | "joined by an editor";
}

/** Why an article is in its story, in words: `similar to ID, 0.91`, `same event as ID, 0.55: tallinn, 74000`. */
export function matchText({ kind, with: other, score, terms }: Because): string {
  if (kind === "joined by an editor") return `joined by an editor with ${other}`;
  const words = {
    "same text": "same text as",
    similar: "similar to",
    excerpt: "excerpt of",
    "same id": "same id in its feed as",
    "same title": "same title on the same day as",
  };
  if (kind !== "same event") return `${words[kind]} ${other}, ${score.toFixed(2)}`;
  const shared = terms?.length ? `: ${terms.join(", ")}` : "";
  return `same event as ${other}, ${score.toFixed(2)}${shared}`;
}
