import { join } from "node:path";
import { givesReason } from "../../model/audit.ts";
import type { Preview } from "../../model/preview.ts";
import { declared } from "../../model/version.ts";
import { note } from "../../store/audit.ts";
import { savePreview } from "../../store/previews.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { applySources } from "../files/apply.ts";
import { draftSource } from "../files/draft-source.ts";
import { placeFile } from "../files/file.ts";

/** What came of an activation. */
export type Activation = { done: string } | { problem: string };

/**
 * Makes the source of a preview one that is watched: its file is written into the folder of the
 * sources, the store takes it over, the preview becomes its fixture. Asks for a reason unless the
 * preview is green; refuses to overwrite a file that says something else.
 */
export async function activate(
  { store, sourcesDir, now }: { store: Store; sourcesDir: string; now: () => Date },
  preview: Preview,
  { by, reason }: { by: string; reason: string },
): Promise<Activation> {
  const { yaml, result, state } = preview;
  if (state !== "done" || !yaml || !result) return { problem: "the preview isn't done" };
  const isGreen = result.verdict === "green";
  if (!isGreen && !givesReason(reason)) {
    return {
      problem: `the preview is ${result.verdict}: say why the source is wanted all the same`,
    };
  }
  const draft = draftSource(yaml, null);
  if ("problems" in draft) return { problem: draft.problems.join("\n") };
  const { source } = draft;
  const file = join(sourcesDir, `${source.id}.yaml`);
  const refused = await placeFile(file, yaml);
  if (refused) return { problem: refused };
  const at = now();
  const others = new Set((await listSources(store)).map(({ _id }) => _id));
  const making = { at, by, reason: reason || null, keep: others };
  await applySources(store, [declared(source, yaml)], making);
  const activated = { at, by, reason: isGreen ? null : reason };
  await savePreview(store, { ...preview, activated, expiresAt: null });
  const detail = `preview ${preview._id}, ${result.verdict}`;
  await note(store, {
    at,
    by,
    action: "source.activate",
    subject: source.id,
    reason: reason || null,
    detail,
  });
  return { done: `${source.id} is watched; its file is ${file}` };
}
