/** Who asks for something, and why. */
export interface SourceAsking {
  by: string;
  reason: string;
}

/** A declaration, or a part of one, as a source's file has it. */
export type Declaration = Readonly<Record<string, unknown>>;

/** What is done with sources: the same that commands and the operators' pages do, with its audit entries. */
export interface SourceActions {
  /** Writes the file of a new source and watches it; throws a problem for a mistake, or where there is one of its id. */
  addSource(declaration: Declaration, asked: SourceAsking): Promise<void>;
  /** Changes fields of a source, in its file too, whose comments stay; `null` removes one (RFC 7396). */
  changeSource(id: string, patch: Declaration, asked: SourceAsking): Promise<void>;
  hold(id: string, asked: SourceAsking, until?: Date): Promise<string>;
  resume(id: string, asked: SourceAsking): Promise<string>;
  /** Begins a preview of a site or a declaration in YAML; returns its id. */
  preview(
    what: { home: string; proxy?: string | undefined } | { yaml: string },
    by: string,
  ): Promise<string>;
}
