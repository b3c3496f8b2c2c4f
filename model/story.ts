/** Articles that tell the same thing. `_id` is the representative's article id. */
export interface Story {
  _id: string;
  articleIds: string[];
  /** Why each one is here, by article id, in words: `same text`, `similar 0.91`. */
  because: Record<string, string>;
  updatedAt: Date;
}
