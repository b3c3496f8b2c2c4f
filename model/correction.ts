/** What an editor says of one field. A further field is a further member, and a case in `workers/corrected.ts`. */
export interface EditorsWord {
  field: "topics";
  add: readonly string[];
  remove: readonly string[];
}

/** An editor's word over a field of one article: kept for good, and obeyed at every reading until it is undone. */
export interface Correction {
  _id: string;
  articleId: string;
  word: EditorsWord;
  by: string;
  at: Date;
  reason: string;
  /** Set once it no longer holds. */
  undone: { by: string; at: Date; reason: string } | null;
}
