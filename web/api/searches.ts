import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { ApiItem, apiItem } from "../../articles/stream/item.ts";
import type { AuditContext } from "../../model/operations/audit.ts";
import { invalidRequest, ProblemError, unknownName } from "../../model/problem.ts";
import {
  FACETS,
  SavedQuery,
  type SavedSearch,
  SearchName,
  type SearchRequest,
  SORTS,
} from "../../model/publish/search.ts";
import { runAudited } from "../../store/operations/audit.ts";
import {
  dropSearch,
  getSearch,
  listSearches,
  putSearch,
} from "../../store/publish/saved-searches.ts";
import type { Store } from "../../store/store.ts";
import { auditOf, may } from "../auth/access.ts";
import { sendJson } from "../server/answer.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { usageHeaders, usageOf } from "../server/usage.ts";
import { checkQuery, marked, readFound, requireSearch, requireWords } from "./search.ts";

/** All earlier results must be ranked as well, so later pages would be slow. */
const MAX_OFFSET = 1000;

export const SearchQuery = z.object({
  q: z.string().max(1000).default("").describe("The query (docs/analysts/search.md)"),
  saved: z
    .string()
    .max(63)
    .optional()
    .describe("Name of a saved search to use instead of `q` and `sort`"),
  sort: z.enum(SORTS).default("relevance"),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  offset: z.coerce.number().int().min(0).max(MAX_OFFSET).default(0),
  counts: z
    .enum(["newest", "all"])
    .default("newest")
    .describe("`all`: total and facets count every match, not only the newest 1,000"),
  scope: z
    .enum(["public", "all"])
    .default("public")
    .describe(
      "`all`: also finds unlisted and retracted articles, copies and earlier revisions; needs the right `read`",
    ),
});

const Counts = z.array(z.object({ value: z.string(), count: z.int() }));
const Hint = z.object({
  query: z.string(),
  name: z
    .string()
    .nullable()
    .describe("Name of the topic, country or source that replaces a word of the query"),
});

const SearchPage = z.object({
  items: z.array(
    ApiItem.extend({
      revision: z
        .int()
        .nullable()
        .describe("Number of the earlier revision that matched; null for the current one"),
      highlights: z.object({
        title: z.string().describe("HTML with the matches in `<mark>`; everything else is escaped"),
        snippet: z.string().describe("Empty if the publisher allows no passage to be shown"),
      }),
    }),
  ),
  total: z.int(),
  exact: z.boolean().describe("Whether `total` and `facets` count every match"),
  facets: z.object(Object.fromEntries(FACETS.map((facet) => [facet, Counts]))),
  hints: z.array(Hint).describe("If nothing is found: similar queries with results"),
  behind: z.int().describe("Number of changes that the index doesn't contain yet"),
  next_offset: z.int().nullable(),
});

/**
 * Returns the search that URL parameters describe. Throws a 403 problem for a forbidden `scope`,
 * and a 404 problem for an unknown saved search.
 */
export async function toSearchRequest(
  { store }: Context,
  request: FastifyRequest,
  query: z.output<typeof SearchQuery>,
): Promise<SearchRequest> {
  const { q, saved, limit, offset, counts, scope } = query;
  if (scope === "all" && !may(request, "read")) {
    throw new ProblemError(403, "forbidden", 'scope=all needs the right "read".');
  }
  const stored = saved === undefined ? null : await savedSearch(store, saved);
  const { query: words, sort } = stored ?? { query: q, sort: query.sort };
  return { query: words, sort, limit, offset, all: scope === "all", exact: counts === "all" };
}

const params = z.object({ name: SearchName });

const ApiSearch = SavedQuery.extend({
  name: z.string(),
  page: z.string().describe("URL of the search on the portal"),
  savedAt: z.iso.datetime(),
});

/** Serves the search, and the searches that editors save. */
export const searchRoutes: Routes = (app, context) => {
  const { store, config, now } = context;
  const api = typed(app);
  api.get(
    "/v1/search",
    {
      summary: "Full-text search with facets, highlights and a query language",
      querystring: SearchQuery,
      response: { 200: SearchPage, 403: Problem, 404: Problem, 503: Problem },
    },
    async (request, reply) => {
      const search = await toSearchRequest(context, request, request.query);
      requireWords(search.query);
      const { sources, seq } = await context.head();
      const deps = { ...context, sources, topics: () => config };
      const { found, ...counted } = await readFound(deps, search, seq);
      const next = search.offset + search.limit;
      const usage = usageHeaders(usageOf(found.map(({ article }) => article)));
      return sendJson(reply.header("cache-control", "no-cache").headers(usage), {
        items: found.map(({ article, revision, title, snippet }) => ({
          ...apiItem(article, sources.get(article.sourceId)),
          revision,
          highlights: { title: marked(title).markup, snippet: marked(snippet).markup },
        })),
        ...counted,
        next_offset: next < counted.total && next <= MAX_OFFSET ? next : null,
      });
    },
  );

  const shown = ({ _id: name, query, sort, at }: SavedSearch) => ({
    name,
    query,
    sort,
    page: `${config.baseUrl}/search?saved=${name}`,
    savedAt: at.toISOString(),
  });

  api.get(
    "/v1/searches",
    { summary: "All saved searches", response: { 200: z.array(ApiSearch) } },
    async () => (await listSearches(store)).map(shown),
  );

  api.put(
    "/v1/searches/:name",
    {
      summary: "Save a search; replaces an earlier search with this name",
      params,
      body: SavedQuery,
      response: { 200: ApiSearch, 404: Problem },
    },
    async (request) => {
      const { name } = request.params;
      await checkQuery(requireSearch(context.search), request.body.query);
      return shown(await saveSearch(store, { name, ...request.body }, auditOf(request, now)));
    },
  );

  api.delete(
    "/v1/searches/:name",
    {
      summary: "Remove a saved search",
      params,
      response: { 204: z.null(), 404: Problem },
    },
    async (request, reply) => {
      await removeSearch(store, request.params.name, auditOf(request, now));
      return reply.code(204).send(null);
    },
  );
};

/** Returns a saved search by name; throws a 404 problem if the name is unknown. */
export async function savedSearch(store: Store, name: string): Promise<SavedSearch> {
  const found = await getSearch(store, name);
  if (found) return found;
  const known = (await listSearches(store)).map(({ _id }) => _id);
  throw new ProblemError(404, "unknown-search", unknownName("saved search", name, known));
}

/** Saves a search without checking its query. Throws a 400 problem for an invalid name. */
export async function saveSearch(
  store: Store,
  { name, ...what }: { name: string } & (typeof SavedQuery)["_output"],
  audit: AuditContext,
): Promise<SavedSearch> {
  const form = SearchName.safeParse(name);
  if (!form.success) throw invalidRequest(`name: ${form.error.issues[0]?.message ?? ""}`);
  const search = { _id: name, ...what, at: audit.now, actor: audit.actor };
  await runAudited(store, audit, { action: "search.save", subject: name, detail: what.query }, () =>
    putSearch(store, search),
  );
  return search;
}

export async function removeSearch(store: Store, name: string, audit: AuditContext): Promise<void> {
  await savedSearch(store, name);
  await runAudited(store, audit, { action: "search.remove", subject: name }, () =>
    dropSearch(store, name),
  );
}
