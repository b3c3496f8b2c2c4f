import type { ArticleFields } from "./article.ts";

/** One immutable set of an article's fields. `_id` is `<articleId>:<revision>`. */
export interface Revision {
  _id: string;
  articleId: string;
  revision: number;
  fields: ArticleFields;
  contentHash: string;
  captureId: string;
  extractor: string;
  sourceVersion: number;
  at: Date;
}
