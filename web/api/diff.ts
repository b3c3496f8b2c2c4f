import { diffArrays, diffWordsWithSpace } from "diff";
import { z } from "zod";
import { paragraphs } from "../../articles/stream/lead.ts";
import { differenceOf } from "../../lib/text.ts";

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
    .describe("null where the text may not be handed out, or is too long to be compared"),
});

export type TextDiff = z.infer<typeof TextDiff>;
type Piece = z.infer<typeof Piece>;

/** Characters of a text that is compared, and its paragraphs: an ordinary article has a tenth. */
const LONGEST = 100_000;
const MOST_PARAGRAPHS = 2000;
/** Paragraphs put in and taken out that are looked for one by one; with more all that differs is replaced. */
const MOST_REPLACED = 200;
/** What comparing by word may cost in all: characters, and the square of the edits. */
const MOST_LETTERS = 40_000;
const MOST_STEPS = 50_000;
/** Edits of one pair of paragraphs; with more it is told as one that went and one that came. */
const MOST_EDITS = 200;

type Told = Readonly<Record<"title" | "text", string | null>>;

/**
 * Compares two texts by paragraph, and paragraphs that took each other's place by word. Takes
 * milliseconds whatever it is given: what differs too much is told as replaced, without its words.
 */
export function diffText(before: Told, after: Told): TextDiff {
  const words = wordDiffer();
  const [was, is] = [before.text ?? "", after.text ?? ""];
  return {
    title: diffTitles(before, after, words),
    paragraphs: Math.max(was.length, is.length) > LONGEST ? null : diffParagraphs(was, is, words),
  };
}

/** Compares two titles by word. */
export function diffTitles(
  { title: before }: Pick<Told, "title">,
  { title: after }: Pick<Told, "title">,
  words = wordDiffer(),
): Piece[] {
  return words(before ?? "", after ?? "") ?? replaced(before, after);
}

function diffParagraphs(was: string, is: string, words: WordDiffer): TextDiff["paragraphs"] {
  const { start, one, other } = differenceOf(was, is);
  const [head, tail] = [paragraphs(is.slice(0, start)), paragraphs(is.slice(other))];
  const [before, after] = [paragraphs(was.slice(start, one)), paragraphs(is.slice(start, other))];
  if (head.length + tail.length + Math.max(before.length, after.length) > MOST_PARAGRAPHS) {
    return null;
  }
  const found: NonNullable<TextDiff["paragraphs"]> = [];
  const tell = (kind: Piece["kind"], texts: readonly string[]) => {
    for (const text of texts) found.push({ kind, pieces: [{ kind, text }] });
  };
  tell("same", head);
  let gone: string[] = [];
  for (const { value, added, removed } of changesBetween(before, after)) {
    if (removed) {
      gone = value;
      continue;
    }
    let at = 0;
    for (const text of added ? value : []) {
      const pieces = at < gone.length ? words(gone[at] ?? "", text) : null;
      if (pieces) {
        found.push({ kind: "changed", pieces });
        at += 1;
      } else tell("added", [text]);
    }
    tell("removed", gone.slice(at));
    if (!added) tell("same", value);
    gone = [];
  }
  tell("removed", gone);
  tell("same", tail);
  return found;
}

/** What went, came and stayed of paragraphs, in order. */
function changesBetween(before: string[], after: string[]) {
  return (
    diffArrays(before, after, { maxEditLength: MOST_REPLACED }) ?? [
      { value: before, added: false, removed: true },
      { value: after, added: true, removed: false },
    ]
  );
}

/** The words of two texts; null when hardly any of them are the same, or it would take too long to tell. */
type WordDiffer = (before: string, after: string) => Piece[] | null;

/** Compares texts by word until what that may cost is used up. */
function wordDiffer(): WordDiffer {
  let [letters, steps] = [MOST_LETTERS, MOST_STEPS];
  return (before, after) => {
    letters -= before.length + after.length;
    if (letters < 0) return null;
    const most = Math.floor(Math.min(MOST_EDITS, Math.sqrt(steps)));
    const changes = diffWordsWithSpace(before, after, { maxEditLength: most });
    const edits = changes?.reduce((sum, it) => sum + (it.added || it.removed ? it.count : 0), 0);
    steps -= (edits ?? most) ** 2;
    const pieces = changes?.map(({ value, added, removed }): Piece => {
      return { kind: added ? "added" : removed ? "removed" : "same", text: value };
    });
    const same = pieces?.filter(({ kind }) => kind === "same") ?? [];
    const shared = same.reduce((sum, { text }) => sum + text.trim().length, 0);
    const isAlike = shared >= Math.min(before.length, after.length) * 0.3;
    return pieces && isAlike ? pieces : null;
  };
}

function replaced(before: string | null, after: string | null): Piece[] {
  const pieces: Piece[] = [
    { kind: "removed", text: before ?? "" },
    { kind: "added", text: after ?? "" },
  ];
  return pieces.filter(({ text }) => text !== "");
}
