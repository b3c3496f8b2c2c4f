/** Why an address is, or isn't, on the portal. */
export interface Why {
  url: string;
  /** Whether readers see it as an article of its own. */
  listed: boolean;
  /** The answer, in one sentence. */
  answer: string;
  /** What to do, if anything. */
  todo: string | null;
  /** The known facts, each with its name. */
  facts: { name: string; value: string }[];
  articleId: string | null;
  sourceId: string | null;
}
