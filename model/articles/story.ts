/** Why an article belongs to its story: the earlier article that it matches, how, and how certain that is. */
export interface Match {
  with: string;
  kind: "same text" | "similar" | "excerpt" | "same id" | "same title" | "same event";
  /** Similarity or certainty of the match, 0 to 1, with two decimals. */
  score: number;
  /** Rare words, names and numbers that both contain, heaviest first; only for events. */
  terms?: string[];
}

/**
 * Where an article belongs among similar articles: its story, and the article whose text it copies.
 */
export interface Cluster {
  /** Why the article belongs to the story; null for the article that began it. */
  match: Match | null;
  /** Id of the earliest article with the same text; the article's own id if it copies none. */
  origin: string;
  /** Id of the earliest article of the story. */
  story: string;
}

/** A constraint between articles: never in the same story (`cannot-link`), or always (`must-link`). */
export interface LinkConstraint {
  /** Id of the correction; both articles have it. */
  id: string;
  kind: "cannot-link" | "must-link";
  with: string[];
}

/** The source whose text an article repeats, and the delay in seconds. */
export interface Origin {
  sourceId: string;
  after: number;
}

/** The articles that represent an article's text and its story. */
export interface Representation {
  /** The article that represents this article's text; null if the article does so itself. */
  duplicateOf: string | null;
  /** The article that represents the story. */
  storyId: string;
  /**
   * The source of the earliest article with the same text; null if this article is the earliest.
   */
  origin: Origin | null;
}

/** Why an article belongs to its story: a match, or an editor's decision. */
export interface Because extends Omit<Match, "kind"> {
  kind: Match["kind"] | "joined by an editor";
}

/** Describes why an article belongs to its story: `similar to ID, 0.91`, `same event as ID, 0.55: tallinn, 74000`. */
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
