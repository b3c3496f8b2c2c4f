/** A match with an earlier article of the story. `with` is the earlier article's id. */
export interface Match {
  with: string;
  kind: "same text" | "similar" | "excerpt" | "same id" | "same title" | "same event";
  /** Similarity of the texts, or certainty of a match by id, title or event; 0 to 1, rounded. */
  score: number;
  /** Rare words, names and numbers of both articles, heaviest first; only for `same event`. */
  terms?: string[];
}

/** Where an article belongs among similar ones: its story, and the article whose text it copies. */
export interface Cluster {
  /** The match with an earlier article of the story; null if the article began the story. */
  match: Match | null;
  /** Id of the earliest article with the same text, which can be this article. */
  origin: string;
  /** Id of the earliest article of the story. */
  story: string;
}

/** An editor's decision to separate (`cannot-link`) or to join (`must-link`) articles. */
export interface LinkConstraint {
  /** Id of the correction, shared by all constraints that the correction sets. */
  id: string;
  kind: "cannot-link" | "must-link";
  with: string[];
}

/**
 * The source whose text an article repeats. `after` is how many seconds after the source's article
 * the repeating article appeared.
 */
export interface Origin {
  sourceId: string;
  after: number;
}

/** The articles that represent an article's text and its story, and the text's origin. */
export interface Representation {
  /** Id of the article that represents the text; null if this article does. */
  duplicateOf: string | null;
  /** Id of the article that represents the story. */
  storyId: string;
  /** Null for an original text. */
  origin: Origin | null;
}

export interface Because extends Omit<Match, "kind"> {
  kind: Match["kind"] | "joined by an editor";
}

/** Describes a match: `similar to ID, 0.91` or `same event as ID, 0.55: tallinn, 74000`. */
export function matchText({ kind, with: other, score, terms }: Because): string {
  if (kind === "joined by an editor") return `joined with ${other} by an editor`;
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
