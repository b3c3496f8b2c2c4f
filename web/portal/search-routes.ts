import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiItem, apiItem } from "../../articles/stream/item.ts";
import { html } from "../../lib/html.ts";
import { ProblemError } from "../../model/problem.ts";
import { FACETS, type Piece, type SearchRequest, SORTS } from "../../model/publish/search.ts";
import { listSearches } from "../../store/publish/saved-searches.ts";
import { readFound, requireWords } from "../api/search.ts";
import { savedSearch } from "../api/searches.ts";
import { may } from "../auth/actor.ts";
import { sendJson } from "../server/answer.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import { type Edition, editionsOf, pathIn } from "../server/edition.ts";
import { Problem } from "../server/problem.ts";
import { layout } from "./pages/layout.ts";
import { searchPage } from "./pages/search.ts";

/** Deeper pages would have to rank ever more: narrow the query instead. */
const DEEPEST = 1000;

const Query = z.object({
  q: z.string().max(1000).default("").describe("The query language: docs/search.md"),
  saved: z.string().max(63).optional().describe("A saved search, in place of `q` and `sort`"),
  sort: z.enum(SORTS).default("relevance"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(DEEPEST).default(0),
  counts: z
    .enum(["newest", "all"])
    .default("newest")
    .describe("`all`: total and facets count every match, not the newest 1,000"),
  scope: z
    .enum(["public", "all"])
    .default("public")
    .describe(
      "`all`: also unlisted and retracted articles, copies, earlier revisions; for analysts",
    ),
});

const Counts = z.array(z.object({ value: z.string(), count: z.int() }));
const Hint = z.object({
  query: z.string(),
  name: z.string().nullable().describe("Of the topic, country or source that the query names"),
});
const Page = z.object({
  items: z.array(
    ApiItem.extend({
      revision: z
        .int()
        .nullable()
        .describe("An earlier revision that was found; null: as it stands"),
      highlights: z.object({
        title: z.string().describe("HTML: hits stand in `<mark>`, all else is escaped"),
        snippet: z.string().describe("Empty where the publisher lets no passage be shown"),
      }),
    }),
  ),
  total: z.int(),
  exact: z.boolean().describe("Whether `total` and `facets` count every match"),
  facets: z.object(Object.fromEntries(FACETS.map((facet) => [facet, Counts]))),
  hints: z
    .array(Hint)
    .describe(
      "Where nothing is found: queries that were probably meant, each of which finds something",
    ),
  behind: z.int().describe("Changes that the index has not seen yet"),
  next_offset: z.int().nullable(),
});

/** `GET /v1/search` and the portal's `/search`. */
export const searchRoutes: Routes = (app, context) => {
  const topics = () => context.config;
  typed(app).get(
    "/v1/search",
    {
      schema: {
        summary: "Full-text search with facets, highlights and a query language",
        tags: ["articles"],
        querystring: Query,
        response: { 200: Page, 400: Problem, 403: Problem, 404: Problem, 503: Problem },
      },
    },
    async (request, reply) => {
      const asked = await toRequest(context, request, request.query);
      requireWords(asked.query);
      const { sources, seq } = await context.head();
      const { found, ...counted } = await readFound({ ...context, sources, topics }, asked, seq);
      const next = asked.offset + asked.limit;
      return sendJson(reply.header("cache-control", "no-cache"), {
        items: found.map(({ article, revision, title, snippet }) => ({
          ...apiItem(article, sources.get(article.sourceId)),
          revision,
          highlights: { title: markup(title), snippet: markup(snippet) },
        })),
        ...counted,
        next_offset: next < counted.total && next <= DEEPEST ? next : null,
      });
    },
  );

  for (const edition of editionsOf(context.config)) {
    typed(app).get(
      pathIn(edition, "/search"),
      { schema: { hide: true, querystring: Query.omit({ limit: true, scope: true }) } },
      (request, reply) => showPage(context, edition, request, reply),
    );
  }
};

async function showPage(
  context: Context,
  edition: Edition,
  request: FastifyRequest<{ Querystring: Omit<z.output<typeof Query>, "limit" | "scope"> }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = await toRequest(context, request, { ...request.query, limit: 20, scope: "public" });
  const snapshot = await context.snapshot();
  const deps = { ...context, sources: snapshot.sources, topics: () => context.config };
  let status = 200;
  const outcome = await readFound(deps, asked, snapshot.seq).catch((error: unknown) => {
    if (!(error instanceof ProblemError)) throw error;
    status = error.status;
    if (error.code === "no-words") return edition.words.find.noWords;
    if (error.code === "bad-query") return error.message;
    throw error;
  });
  const saved = await listSearches(context.store);
  const around = { edition, config: context.config, snapshot };
  const body = searchPage(asked, { outcome, saved }, around);
  const page = layout({ title: edition.words.search, path: "/search", body }, context, around);
  return reply
    .code(status)
    .header("cache-control", "no-cache")
    .type("text/html; charset=utf-8")
    .send(page);
}

async function toRequest(
  { store }: Context,
  request: FastifyRequest,
  query: z.output<typeof Query>,
): Promise<SearchRequest> {
  const { saved, limit, offset, counts, scope } = query;
  if (scope === "all" && !may(request, "read")) {
    throw new ProblemError(403, "forbidden", 'scope=all needs the right "read".');
  }
  const { q, sort } = query;
  const asked = saved === undefined ? { query: q, sort } : await savedSearch(store, saved);
  const what = { query: asked.query, sort: asked.sort };
  return { ...what, limit, offset, all: scope === "all", exact: counts === "all" };
}

function markup(pieces: readonly Piece[]): string {
  const parts = pieces.map(({ text, hit }) => (hit ? html`<mark>${text}</mark>` : html`${text}`));
  return parts.map((part) => part.markup).join("");
}
