import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { SavedQuery, type SavedSearch, SearchName } from "../../../model/publish/search.ts";
import { listSearches } from "../../../store/publish/saved-searches.ts";
import { actorName } from "../../auth/actor.ts";
import { type Routes, typed } from "../../server/context.ts";
import { Problem } from "../../server/problem.ts";
import { checkQuery, requireSearch } from "../find/read.ts";
import { removeSearch, saveSearch } from "../find/saved.ts";

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
