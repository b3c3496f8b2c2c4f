import { shortHash } from "../../lib/hash.ts";
import type { Source } from "./source.ts";

/** A source as its file declares it. */
export interface Declared {
  readonly source: Source;
  /** Hash of the source. Equal hashes mean that it is unchanged. */
  readonly checksum: string;
  /** The file's text. */
  readonly yaml: string;
}

/** Returns a source with the text that declares it, ready to be compared with the store. */
export function declared(source: Source, yaml: string): Declared {
  return { source, checksum: shortHash(JSON.stringify(source)), yaml };
}

/** A declaration of a source. It never changes; articles, captures and runs refer to it by its number. */
export interface Version {
  /** `SOURCE:VERSION`. */
  _id: string;
  sourceId: string;
  version: number;
  at: Date;
  /**
   * Who made the version, as named in the audit log; `start` for the daemon that read the files.
   */
  actor: string;
  /** The reason as its author wrote it; null if none is required. */
  reason: string | null;
  /** The declared source; null if it was retired. */
  source: Source | null;
  /** The file's text; null if the source was retired. */
  yaml: string | null;
}

/** A field that differs between two declarations. `before` or `after` is null if that declaration lacks the field. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The steps that make the stored sources match the declared ones. */
export interface SourcePlan {
  /** Sources that no file declares any more: they are no longer fetched, and their archive stays. */
  readonly retire: readonly { id: string; name: string }[];
  readonly change: readonly { id: string; name: string; fields: readonly FieldChange[] }[];
  /** New sources. `back` says that the source was retired and its record still exists. */
  readonly add: readonly { id: string; name: string; back: boolean }[];
}

/** Whether there is nothing to change. */
export function isEmptyPlan({ retire, change, add }: SourcePlan): boolean {
  return retire.length + change.length + add.length === 0;
}
