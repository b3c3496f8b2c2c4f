import { diffArrays, diffWordsWithSpace } from "diff";
import { z } from "zod";
import { paragraphs } from "./present.ts";

const Piece = z.object({ kind: z.enum(["same", "added", "removed"]), text: z.string() });

/** Title and paragraphs of two revisions, beside each other: what stayed, what came, what went. */
export const TextDiff = z.object({
  title: z.array(Piece).describe("By word"),
  paragraphs: z
    .array(
      z.object({
        kind: z.enum(["same", "added", "removed", "changed"]),
        pieces: z.array(Piece).describe("By word; one where all of it stayed, came or went"),
      }),
    )
    .nullable()
    .describe("null where the text may not be handed out"),
});

export type TextDiff = z.infer<typeof TextDiff>;
type Piece = z.infer<typeof Piece>;

/** Differences beyond which two paragraphs are told as one that went and one that came. */
const MOST_EDITS = 2000;

/** Compares two texts by paragraph, and paragraphs that took each other's place by word. */
export function diffText(
  before: { title: string | null; text: string | null },
  after: { title: string | null; text: string | null },
): TextDiff {
  return {
    title: words(before.title ?? "", after.title ?? "") ?? replaced(before.title, after.title),
    paragraphs: diffParagraphs(paragraphs(before.text ?? ""), paragraphs(after.text ?? "")),
  };
}

function diffParagraphs(before: string[], after: string[]): TextDiff["paragraphs"] {
  const found: NonNullable<TextDiff["paragraphs"]> = [];
  let gone: string[] = [];
  const flush = () => {
    for (const text of gone) found.push({ kind: "removed", pieces: [{ kind: "removed", text }] });
    gone = [];
  };
  for (const { value, added, removed } of diffArrays(before, after)) {
    if (removed) {
      gone = value;
      continue;
    }
    for (const text of value) {
      const was = added ? gone.shift() : undefined;
      const pieces = was === undefined ? null : words(was, text);
      if (pieces) found.push({ kind: "changed", pieces });
      else {
        if (was !== undefined) gone.unshift(was);
        if (!added) flush();
        const kind = added ? "added" : "same";
        found.push({ kind, pieces: [{ kind, text }] });
      }
    }
    flush();
  }
  flush();
  return found;
}

/** The words of two texts; null when hardly any of them are the same. */
function words(before: string, after: string): Piece[] | null {
  const changes = diffWordsWithSpace(before, after, { maxEditLength: MOST_EDITS });
  const pieces = changes?.map(({ value, added, removed }): Piece => {
    return { kind: added ? "added" : removed ? "removed" : "same", text: value };
  });
  const same = pieces?.filter(({ kind }) => kind === "same") ?? [];
  const shared = same.reduce((sum, { text }) => sum + text.trim().length, 0);
  const isAlike = shared >= Math.min(before.length, after.length) * 0.3;
  return pieces && isAlike ? pieces : null;
}

function replaced(before: string | null, after: string | null): Piece[] {
  const pieces: Piece[] = [
    { kind: "removed", text: before ?? "" },
    { kind: "added", text: after ?? "" },
  ];
  return pieces.filter(({ text }) => text !== "");
}
