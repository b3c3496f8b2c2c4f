/** A user who is logged in, or who may log in once by a link. `_id` is the SHA-256 of the token in cookie or link. */
export interface Session {
  _id: string;
  user: string;
  createdAt: Date;
  /** It ends then, whatever happens; the store forgets it. */
  expiresAt: Date;
  /** It only makes a session, once. */
  isLink?: true;
}
