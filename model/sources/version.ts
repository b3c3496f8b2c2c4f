import { shortHash } from "../../lib/text.ts";
import type { Source } from "./source.ts";

/** A source as its file declares it, with the text of the file. */
export interface Declared {
  readonly source: Source;
  readonly checksum: string;
  readonly yaml: string;
}

export function declared(source: Source, yaml: string): Declared {
  return { source, checksum: shortHash(JSON.stringify(source)), yaml };
}

/**
 * One version of a source's declaration. It never changes. Articles, captures and runs refer to it
 * by its number.
 */
export interface Version {
  /** `SOURCE:VERSION`. */
  _id: string;
  sourceId: string;
  version: number;
  at: Date;
  /** Who made the version, as in the audit log; `start` if it was read at startup. */
  actor: string;
  reason: string | null;
  /** The declared source; null if the source was retired. */
  source: Source | null;
  yaml: string | null;
}

/** A field that differs between declarations; a value is null where the field is missing. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The changes that make the stored sources match the declared ones. */
export interface SourcePlan {
  /** Sources that no file declares any more; they aren't fetched, but their archive stays. */
  readonly retire: readonly { id: string; name: string }[];
  readonly change: readonly { id: string; name: string; fields: readonly FieldChange[] }[];
  /** New sources; `back` is true if the source was retired before, so its record exists. */
  readonly add: readonly { id: string; name: string; back: boolean }[];
}

export function isEmptyPlan({ retire, change, add }: SourcePlan): boolean {
  return retire.length + change.length + add.length === 0;
}
