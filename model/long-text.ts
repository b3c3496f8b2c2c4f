/** A text that is too long for its article and revisions to hold. `_id` is `<articleId>:<hash>`; it is never changed. */
export interface LongText {
  _id: string;
  articleId: string;
  text: string;
  html: string | null;
}
