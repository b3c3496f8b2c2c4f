import { diffArrays, diffWordsWithSpace } from "diff";
import { z } from "zod";
import { paragraphsOf } from "../../articles/stream/lead.ts";
import { differenceOf } from "../../lib/text.ts";
import { mayQuote, REVISION_KINDS, type RevisionKind } from "../../model/articles/article.ts";
import { ProblemError } from "../../model/problem.ts";
import { getRevision, readRevisions } from "../../store/articles/articles.ts";
import { renderJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { publishedArticle } from "./articles.ts";

const Piece = z.object({ kind: z.enum(["same", "added", "removed"]), text: z.string() });
type Piece = z.infer<typeof Piece>;

const TextDiff = z.object({
  title: z.array(Piece).describe("By word"),
  paragraphs: z
    .array(
      z.object({
        kind: z.enum(["same", "added", "removed", "changed"]),
        pieces: z
          .array(Piece)
          .describe(
            "Differences by word; a single piece if the whole paragraph is the same, added or removed",
          ),
      }),
    )
    .nullable()
    .describe(
      "null if the publisher's rights don't allow showing the text, or if the text is too long to compare",
    ),
});

type TextDiff = z.infer<typeof TextDiff>;
const KINDS = Object.keys(REVISION_KINDS) as [RevisionKind, ...RevisionKind[]];
const ApiRevision = z.object({
  revision: z.int(),
  kind: z.enum(KINDS),
  because: z
    .string()
    .nullable()
    .describe("Why there is a new revision; null if the reason would quote reserved text"),
  at: z.iso.datetime(),
  title: z.string().nullable(),
  extractor: z.string().describe("Version of the extraction rules"),
});

const Revisions = z.object({ articleId: z.string(), revisions: z.array(ApiRevision) });
const Diff = TextDiff.extend({ articleId: z.string(), from: z.int(), to: z.int() });
const Id = z.object({ id: z.string().max(200) });
const Counted = z.coerce.number().int().min(1);
const Range = z.object({
  from: Counted.optional().describe("Default: the revision before `to`"),
  to: Counted.optional().describe("Default: the current revision"),
});

/** Serves revisions and diffs. An article's current rights also apply to its old revisions. */
export const revisionsRoutes: Routes = (app, { store, answer }) => {
  typed(app).get(
    "/v1/articles/:id/revisions",
    {
      summary: "The revisions of an article: kind, reason and time",
      params: Id,
      response: { 200: Revisions, 404: Problem, 410: Problem },
    },
    async (request, reply) =>
      answer(request, reply, "", async () => {
        const article = await publishedArticle(store, request.params.id);
        const quotes = mayQuote(article);
        const found = await readRevisions(store, article._id);
        const revisions = found.map(({ revision, kind, because, at, extractor, fields }) => {
          const why = quotes ? because : null;
          return { revision, kind, because: why, at, title: fields.title, extractor };
        });
        return renderJson({ articleId: article._id, revisions }, [article]);
      }),
  );

  typed(app).get(
    "/v1/articles/:id/diff",
    {
      summary: "What differs between two revisions of an article, by paragraph and word",
      description:
        "`paragraphs` is null if the publisher's rights don't allow showing the text, or if the text is too long to compare.",
      params: Id,
      querystring: Range,
      response: { 200: Diff, 404: Problem, 410: Problem },
    },
    async (request, reply) =>
      answer(request, reply, "", async ({ sources }) => {
        const article = await publishedArticle(store, request.params.id);
        const { to = article.revision, from = Math.max(1, to - 1) } = request.query;
        const [before, after] = await Promise.all(
          [from, to].map((revision) => getRevision(store, article._id, revision)),
        );
        if (!before || !after) {
          const missing = before ? to : from;
          throw new ProblemError(404, "unknown-revision", `There is no revision ${missing}.`);
        }
        const source = sources.get(article.sourceId);
        const open = mayQuote(article) && (source?.rights.fullText ?? false);
        const difference = open
          ? diffText(before.fields, after.fields)
          : { title: diffTitles(before.fields, after.fields), paragraphs: null };
        return renderJson({ articleId: article._id, from, to, ...difference }, [article]);
      }),
  );
};

const MAX_TEXT_CHARS = 100_000;

const MAX_PARAGRAPHS = 2000;

const MAX_REPLACED_PARAGRAPHS = 200;

const MAX_WORD_DIFF_CHARS = 40_000;

/** Limits a diff's time, which grows with the square of the edits in each pair of texts. */
const MAX_SQUARED_EDITS = 50_000;

const MAX_EDITS_PER_PAIR = 200;

type ComparedFields = Readonly<Record<"title" | "text", string | null>>;

/** Compares two versions. `paragraphs` is null if a text is too long or has too many paragraphs. */
export function diffText(before: ComparedFields, after: ComparedFields): TextDiff {
  const words = wordDiffer();
  const [was, is] = [before.text ?? "", after.text ?? ""];
  return {
    title: diffTitles(before, after, words),
    paragraphs:
      Math.max(was.length, is.length) > MAX_TEXT_CHARS ? null : diffParagraphs(was, is, words),
  };
}

function diffTitles(
  { title: before }: Pick<ComparedFields, "title">,
  { title: after }: Pick<ComparedFields, "title">,
  words = wordDiffer(),
): Piece[] {
  return words(before ?? "", after ?? "") ?? replaced(before, after);
}

function diffParagraphs(was: string, is: string, words: WordDiffer): TextDiff["paragraphs"] {
  const { start, one, other } = differenceOf(was, is);
  const [head, tail] = [paragraphsOf(is.slice(0, start)), paragraphsOf(is.slice(other))];
  const [before, after] = [
    paragraphsOf(was.slice(start, one)),
    paragraphsOf(is.slice(start, other)),
  ];
  if (head.length + tail.length + Math.max(before.length, after.length) > MAX_PARAGRAPHS) {
    return null;
  }
  const found: NonNullable<TextDiff["paragraphs"]> = [];
  const tell = (kind: Piece["kind"], texts: readonly string[]) => {
    for (const text of texts) found.push({ kind, pieces: [{ kind, text }] });
  };
  tell("same", head);
  let gone: string[] = [];
  const changes = diffArrays(before, after, { maxEditLength: MAX_REPLACED_PARAGRAPHS }) ?? [
    { value: before, added: false, removed: true },
    { value: after, added: true, removed: false },
  ];
  for (const { value, added, removed } of changes) {
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

type WordDiffer = (before: string, after: string) => Piece[] | null;

/** Returns a function that compares texts by word. The limits apply to all its calls together. */
function wordDiffer(): WordDiffer {
  let [letters, steps] = [MAX_WORD_DIFF_CHARS, MAX_SQUARED_EDITS];
  return (before, after) => {
    letters -= before.length + after.length;
    if (letters < 0) return null;
    const most = Math.floor(Math.min(MAX_EDITS_PER_PAIR, Math.sqrt(steps)));
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
