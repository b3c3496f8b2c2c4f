import { z } from "zod";
import { dropView, saveView, storedView } from "../../articles/stream/views.ts";
import { Query, type View, ViewId } from "../../model/publish/filter.ts";
import { listViews } from "../../store/publish/views.ts";
import { auditOf } from "../auth/access.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";

const params = z.object({ id: ViewId });
const ApiView = z.object({
  id: ViewId,
  name: z.string(),
  filter: Query,
  page: z.string().describe("URL of the view's page on the portal"),
  feed: z.string().describe("URL of the Atom feed; also with .rss, .json and .ninjs"),
  savedAt: z.iso.datetime(),
});
const known = { 404: Problem };

export const viewsRoutes: Routes = (app, { store, config, now }) => {
  const api = typed(app);
  const topics = Object.keys(config.topicNames);
  const shown = ({ _id: id, name, filter, at }: View) => ({
    id,
    name,
    filter,
    page: `${config.baseUrl}/view/${id}`,
    feed: `${config.baseUrl}/feeds/view/${id}.atom`,
    savedAt: at.toISOString(),
  });

  api.get("/v1/views", { summary: "All views", response: { 200: z.array(ApiView) } }, async () =>
    (await listViews(store)).map(shown),
  );

  api.get(
    "/v1/views/:id",
    { summary: "One view", params, response: { 200: ApiView, ...known } },
    async (request) => shown(await storedView(store, request.params.id)),
  );

  api.put(
    "/v1/views/:id",
    {
      summary: "Save a view; replaces an earlier view with this id",
      description:
        "Readers of the view (`/v1/changes?view=`, consumers, webhooks) use the new query from the next change on. Pages and feeds follow within five seconds.",
      params,
      body: z.strictObject({
        name: z.string().trim().min(1).max(100),
        filter: Query.prefault({}),
      }),
      response: { 200: ApiView },
    },
    async (request) => {
      const wanted = { id: request.params.id, ...request.body };
      return shown(await saveView(store, wanted, { topics, ...auditOf(request, now) }));
    },
  );

  api.delete(
    "/v1/views/:id",
    {
      summary: "Remove a view that no consumer or webhook reads",
      params,
      response: { 204: z.null(), ...known, 409: Problem },
    },
    async (request, reply) => {
      await dropView(store, request.params.id, auditOf(request, now));
      return reply.code(204).send(null);
    },
  );
};
