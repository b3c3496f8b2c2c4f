/** Explains why a URL is, or isn't, on the portal. */
export interface Why {
  url: string;
  /** Whether the portal lists the page as a separate article. */
  listed: boolean;
  answer: string;
  /** What the reader of the answer should do; null if there is nothing to do. */
  todo: string | null;
  /** What is known about the URL, as names and values. */
  facts: { name: string; value: string }[];
  articleId: string | null;
  sourceId: string | null;
}
