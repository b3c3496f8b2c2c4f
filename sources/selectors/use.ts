import { readFile } from "node:fs/promises";
import type { Trial } from "../../model/pointing.ts";
import { declared } from "../../model/version.ts";
import { getSource } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { diffSources } from "../files/diff-sources.ts";
import { draftSource } from "../files/draft-source.ts";
import { applyEdits } from "../files/edit.ts";
import type { Outcome } from "../files/rollback.ts";
import { withSelector } from "../files/with-selector.ts";
import { selectedBy } from "./trial.ts";

/**
 * Writes a selector that was tried into a source's file, as its next version, from the first page on that
 * needs it. Refuses one that gave the field on none of the pages.
 */
export async function useSelector(
  { store, file, now }: { store: Store; file: string; now: Date },
  id: string,
  trial: Trial,
  { by, reason }: { by: string; reason: string },
): Promise<Outcome> {
  const { field, selector, pages, from } = trial;
  const source = await getSource(store, id);
  if (!source) return { problem: `no such source: ${id}` };
  if (pages.length === 0) return { problem: `no page of an article of ${id} is archived` };
  const given = selectedBy(trial);
  if (given === 0) {
    return { problem: `${selector} gives ${field} on none of ${pages.length} archived pages` };
  }
  const before = await readFile(file, "utf8").catch(() => null);
  if (before === null) return { problem: `${file} can't be read` };
  const yaml = withSelector(before, { field, selector, from });
  const draft = draftSource(yaml, null);
  if ("problems" in draft) return { problem: draft.problems.join("; ") };
  const after = declared(draft.source, yaml);
  const fields = diffSources(source, draft.source);
  const edit = { id, name: source.name, file, before, after, fields };
  const [problem] = await applyEdits(store, [edit], { at: now, by, reason });
  if (problem) return { problem };
  const since = from ? ` from ${from.toISOString()} on` : "";
  return { done: `${field} of ${id} is read by ${selector}${since}: ${tallied(trial)}` };
}

/** What a trial came to, in words. */
export function tallied({ pages, before, after, told }: Trial): string {
  const said = told > 0 ? `, as the feed says ${before.agrees} -> ${after.agrees} of ${told}` : "";
  return `on ${pages.length} pages found ${before.filled} -> ${after.filled}, different ${before.distinct} -> ${after.distinct}${said}`;
}
