import { z } from "zod";
import type { Article } from "../../../model/articles/article.ts";
import { REVISION_KINDS, type RevisionKind } from "../../../model/articles/revision.ts";
import { mayQuote } from "../../../model/articles/to-item.ts";
import { ProblemError } from "../../../model/problem.ts";
import { getRevision, readRevisions } from "../../../store/articles/revisions.ts";
import { readArticle } from "../../../store/articles/stories.ts";
import type { PublicSource } from "../../../store/sources/directory.ts";
import type { Store } from "../../../store/store.ts";
import { type Routes, typed } from "../../server/context.ts";
import { Problem } from "../../server/problem.ts";
import { diffText, diffTitles, TextDiff } from "../diff.ts";

const KINDS = Object.keys(REVISION_KINDS) as [RevisionKind, ...RevisionKind[]];

const ApiRevision = z.object({
  revision: z.int(),
  kind: z.enum(KINDS).nullable().describe("null on revisions stored before it was told"),
  because: z.string().nullable().describe("Why; null where it could quote what is reserved"),
  at: z.iso.datetime(),
  title: z.string().nullable(),
  extractor: z.string().describe("Version of the extraction rules"),
});

const Revisions = z.object({ articleId: z.string(), revisions: z.array(ApiRevision) });
const Diff = TextDiff.extend({ articleId: z.string(), from: z.int(), to: z.int() });

const Id = z.object({ id: z.string().max(200) });
const Counted = z.coerce.number().int().min(1);
const Range = z.object({
  from: Counted.optional().describe("Default: the one before `to`"),
  to: Counted.optional().describe("Default: the current one"),
});

const json = (value: unknown) => ({
  type: "application/json; charset=utf-8",
  body: JSON.stringify(value),
});

/** `GET /v1/articles/{id}/revisions` and `/diff`: nothing of it that the article itself may not show. */
export const revisionsRoutes: Routes = (app, { store, answer }) => {
  typed(app).get(
    "/v1/articles/:id/revisions",
    {
      schema: {
        summary: "The revisions of an article: of which kind, why and when",
        tags: ["articles"],
        params: Id,
        response: { 200: Revisions, 404: Problem, 410: Problem },
      },
    },
    async (request, reply) =>
      answer(request, reply, "", async () => {
        const article = await shown(store, request.params.id);
        const quotes = mayQuote(article);
        const found = await readRevisions(store, article._id);
        const revisions = found.map(({ revision, kind, because, at, extractor, fields }) => {
          const why = quotes ? (because ?? null) : null;
          return { revision, kind: kind ?? null, because: why, at, title: fields.title, extractor };
        });
        return json({ articleId: article._id, revisions });
      }),
  );

  typed(app).get(
    "/v1/articles/:id/diff",
    {
      schema: {
        summary: "What differs between two revisions of an article, by paragraph and word",
        description: "`paragraphs` is given where the publisher's rights allow the text.",
        tags: ["articles"],
        params: Id,
        querystring: Range,
        response: { 200: Diff, 404: Problem, 410: Problem },
      },
    },
    async (request, reply) =>
      answer(request, reply, "", async ({ sources }) => {
        const article = await shown(store, request.params.id);
        const { to = article.revision, from = Math.max(1, to - 1) } = request.query;
        const [before, after] = await Promise.all(
          [from, to].map((revision) => getRevision(store, article._id, revision)),
        );
        if (!before || !after) {
          const missing = before ? to : from;
          throw new ProblemError(404, "unknown-revision", `There is no revision ${missing}.`);
        }
        const open = isOpen(article, sources.get(article.sourceId));
        const difference = open
          ? diffText(before.fields, after.fields)
          : { title: diffTitles(before.fields, after.fields), paragraphs: null };
        return json({ articleId: article._id, from, to, ...difference });
      }),
  );
};

/** An article that readers see; throws a problem otherwise. */
async function shown(store: Store, id: string) {
  const article = await readArticle(store, id);
  if (!article || article.status === "unlisted") {
    throw new ProblemError(404, "unknown-article", `There is no article "${id}".`);
  }
  if (article.status === "retracted") {
    throw new ProblemError(410, "retracted", "This article was retracted.");
  }
  return article;
}

/** Whether the text itself may be handed out: what is reserved today holds for earlier revisions too. */
function isOpen(article: Pick<Article, "reservations">, source: PublicSource | undefined): boolean {
  return mayQuote(article) && (source?.rights.fullText ?? false);
}
