import type { FastifyRequest } from "fastify";
import { z } from "zod";
import type { Asking } from "../../model/operations/audit.ts";
import { ProblemError, unknownName } from "../../model/problem.ts";
import { SavedQuery, type SavedSearch, SearchName } from "../../model/publish/search.ts";
import { noted } from "../../store/operations/audit.ts";
import {
  dropSearch,
  getSearch,
  listSearches,
  putSearch,
} from "../../store/publish/saved-searches.ts";
import type { Store } from "../../store/store.ts";
import { actorName } from "../auth/actor.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { checkQuery, requireSearch } from "./search.ts";

const tags = ["articles"];
const params = z.object({ name: SearchName });
const ApiSearch = SavedQuery.extend({
  name: z.string(),
  page: z.string().describe("The search on the portal"),
  savedAt: z.iso.datetime(),
});

/** `/v1/searches`: searches that are kept under a name. */
export const searchesRoutes: Routes = (app, { store, config, search, now }) => {
  const api = typed(app);
  const asking = (request: FastifyRequest) => ({ by: actorName(request), now: now() });
  const shown = ({ _id: name, query, sort, at }: SavedSearch) => ({
    name,
    query,
    sort,
    page: `${config.baseUrl}/search?saved=${name}`,
    savedAt: at.toISOString(),
  });

  api.get(
    "/v1/searches",
    { schema: { tags, summary: "All saved searches", response: { 200: z.array(ApiSearch) } } },
    async () => (await listSearches(store)).map(shown),
  );

  api.put(
    "/v1/searches/:name",
    {
      schema: {
        tags,
        summary: "Save a search, in place of the one of this name",
        params,
        body: SavedQuery,
        response: { 200: ApiSearch, 400: Problem, 404: Problem },
      },
    },
    async (request) => {
      const { name } = request.params;
      await checkQuery(requireSearch(search), request.body.query);
      return shown(await saveSearch(store, { name, ...request.body }, asking(request)));
    },
  );

  api.delete(
    "/v1/searches/:name",
    {
      schema: {
        tags,
        summary: "Remove a saved search",
        params,
        response: { 204: z.null(), 404: Problem },
      },
    },
    async (request, reply) => {
      await removeSearch(store, request.params.name, asking(request));
      return reply.code(204).send(null);
    },
  );
};

/** The saved search of a name; throws a 404 problem. */
export async function savedSearch(store: Store, name: string): Promise<SavedSearch> {
  const found = await getSearch(store, name);
  if (found) return found;
  const known = (await listSearches(store)).map(({ _id }) => _id);
  throw new ProblemError(404, "unknown-search", unknownName("saved search", name, known));
}

/** Keeps a search whose query was found to be readable; throws a 400 problem for a name that can't be. */
export async function saveSearch(
  store: Store,
  { name, ...what }: { name: string } & (typeof SavedQuery)["_output"],
  { by, now }: Asking,
): Promise<SavedSearch> {
  const form = SearchName.safeParse(name);
  if (!form.success)
    throw new ProblemError(400, "invalid-request", `name: ${form.error.issues[0]?.message ?? ""}`);
  const search = { _id: name, ...what, at: now, by };
  const entry = { at: now, by, action: "search.save", subject: name, detail: what.query };
  await noted(store, entry, () => putSearch(store, search));
  return search;
}

/** Removes a saved search; throws a 404 problem. */
export async function removeSearch(store: Store, name: string, { by, now }: Asking): Promise<void> {
  await savedSearch(store, name);
  const entry = { at: now, by, action: "search.remove", subject: name };
  await noted(store, entry, () => dropSearch(store, name));
}
