import { shortHash } from "../../lib/hash.ts";
import type { Source } from "./source.ts";

/** A source as its file declares it. */
export interface Declared {
  readonly source: Source;
  /** Hash of what it says: equal means unchanged. */
  readonly checksum: string;
  /** The file's text. */
  readonly yaml: string;
}

/** A source and the text that declares it, ready to be compared with what the store has. */
export function declared(source: Source, yaml: string): Declared {
  return { source, checksum: shortHash(JSON.stringify(source)), yaml };
}

/** One declaration of a source. It never changes; articles, captures and runs name it by its number. */
export interface Version {
  /** `SOURCE:VERSION`. */
  _id: string;
  sourceId: string;
  version: number;
  at: Date;
  /** Who made it, as the audit log names them; `start` for the daemon that read the files. */
  actor: string;
  /** As its author wrote it; null when no reason is required. */
  reason: string | null;
  /** What was declared; null: the source was retired. */
  source: Source | null;
  /** The file's text; null when the source was retired. */
  yaml: string | null;
}

/** A field of a source that two declarations differ in; null when one has none. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** What has to happen for the store to have the sources that are declared. */
export interface SourcePlan {
  /** Sources that no file names any more: they aren't fetched, and their archive stays. */
  readonly retire: readonly { id: string; name: string }[];
  readonly change: readonly { id: string; name: string; fields: readonly FieldChange[] }[];
  /** `back`: it was retired, and its record is still there. */
  readonly add: readonly { id: string; name: string; back: boolean }[];
}

/** Whether everything is as declared. */
export function isEmptyPlan({ retire, change, add }: SourcePlan): boolean {
  return retire.length + change.length + add.length === 0;
}
