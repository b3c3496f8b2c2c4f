/**
 * A match of an article with an earlier article of its story. `with` is the earlier article's id.
 */
export interface Match {
  with: string;
  kind: "same text" | "similar" | "excerpt" | "same id" | "same title" | "same event";
  /**
   * The similarity of the texts or, for kinds that don't compare texts, the certainty of the match;
   * 0 to 1, with two decimals.
   */
  score: number;
  /**
   * Rare words, names and numbers that both articles contain, heaviest first; only for `same
   * event`.
   */
  terms?: string[];
}

/** Where an article belongs among similar ones: its story, and the article whose text it copies. */
export interface Cluster {
  /** The match with an earlier article of the story; null if the article began the story. */
  match: Match | null;
  /**
   * Id of the earliest article with the same text; the article's own id if there is no earlier one.
   */
  origin: string;
  /** Id of the earliest article of the story. */
  story: string;
}

/**
 * An editor's constraint on an article: it is never (`cannot-link`) or always (`must-link`) in the
 * same story as the articles in `with`.
 */
export interface LinkConstraint {
  /**
   * Id of the correction that set the constraint. All constraints that one correction sets have
   * this id.
   */
  id: string;
  kind: "cannot-link" | "must-link";
  with: string[];
}

/** The source whose text an article repeats, and how many seconds later the article appeared. */
export interface Origin {
  sourceId: string;
  after: number;
}

/** Which articles represent an article's text and its story in lists. */
export interface Representation {
  /** Id of the article that represents the text; null if this article does. */
  duplicateOf: string | null;
  /** Id of the article that represents the story. */
  storyId: string;
  /**
   * The source of the earliest article with the same text, and how much later this article
   * appeared; null if this article is the earliest.
   */
  origin: Origin | null;
}

/**
 * Why an article belongs to its story: a match with an earlier article, or an editor's decision.
 */
export interface Because extends Omit<Match, "kind"> {
  kind: Match["kind"] | "joined by an editor";
}

/**
 * Describes why an article belongs to its story, such as `similar to ID, 0.91` or `same event as
 * ID, 0.55: tallinn, 74000`.
 */
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
