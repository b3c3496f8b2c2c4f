/** Why a URL is, or isn't, on the portal. */
export interface Why {
  url: string;
  /** Whether readers see the URL's page as a separate article. */
  listed: boolean;
  /** The answer, in one sentence. */
  answer: string;
  /** What to do; null if nothing. */
  todo: string | null;
  /** The known facts with their names. */
  facts: { name: string; value: string }[];
  articleId: string | null;
  sourceId: string | null;
}
