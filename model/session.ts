/** A user who is logged in. `_id` is the SHA-256 of the token in the cookie. */
export interface Session {
  _id: string;
  user: string;
  createdAt: Date;
  /** It ends then, whatever happens; the store forgets it. */
  expiresAt: Date;
}
