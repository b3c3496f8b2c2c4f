/** A source that a file of another tool declares: the fields of its YAML, and where they stood. */
export interface Draft {
  readonly where: string;
  readonly declaration: Readonly<Record<string, unknown>>;
}

/** What such a file holds, and what can't be read of it, by line and field. */
export interface Drafts {
  readonly drafts: readonly Draft[];
  readonly problems: readonly string[];
}
