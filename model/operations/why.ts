/** Explains why a URL is, or isn't, on the portal. */
export interface Why {
  url: string;
  /** Whether the portal lists the page as a separate article. */
  listed: boolean;
  answer: string;
  todo: string | null;
  facts: { name: string; value: string }[];
  articleId: string | null;
  sourceId: string | null;
}
