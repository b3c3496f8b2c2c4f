/** That an article was taken back, by whose word. Never inferred from a list that no longer names it. */
export interface Retraction {
  /** `gone`: 404 or 410 again and again on a healthy host; `publisher`, `editor`: who said so. */
  by: "gone" | "publisher" | "editor";
  because: string;
  at: Date;
  /** The response that it rests on; null for an editor's word. */
  captureId: string | null;
}

/** 404 and 410 answers at an article's address in a row. */
export interface Gone {
  count: number;
  firstAt: Date;
  lastAt: Date;
}

/** A look at an article that was known before: whether it was still there. */
export interface HostLook {
  linkId: string;
  gone: boolean;
  at: Date;
}
