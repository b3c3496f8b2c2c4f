import { stringify } from "yaml";
import { z } from "zod";
import { invalidRequest, ProblemError } from "../../model/problem.ts";
import { ProxyName } from "../../model/sources/login.ts";
import { failIfDead, type Preview } from "../../model/sources/preview.ts";
import { hideSecrets } from "../../sources/files/form.ts";
import { getPreview } from "../../store/sources/previews.ts";
import type { Store } from "../../store/store.ts";
import { actorName } from "../auth/access.ts";
import { fieldsOf, sendJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { DeclarationBody } from "./sources.ts";

const PreviewedArticle = z.object({
  url: z.string(),
  title: z.string().nullable(),
  why: z.string().nullable().describe("Why there is no article"),
  length: z.int().describe("Characters of the text"),
  publishedAt: z.string().nullable(),
});

const ApiPreview = z.object({
  id: z.string(),
  state: z.enum(["working", "done", "failed"]),
  step: z.string().describe("What is being checked, or why the preview failed"),
  declaration: z
    .string()
    .nullable()
    .describe("The source's file as YAML; the values of `headers` are hidden"),
  verdict: z
    .enum(["green", "amber", "red"])
    .nullable()
    .describe(
      "green: no problem was found; amber: there are problems; red: the source would find nothing",
    ),
  problems: z.array(z.object({ level: z.enum(["error", "warning"]), text: z.string() })),
  entries: z.array(
    z.object({
      url: z.string(),
      kind: z.string(),
      articles: z.int(),
      why: z.string().nullable().describe("Why this page can't be read"),
    }),
  ),
  articles: z.array(PreviewedArticle),
});

const RETRY_S = "2";

/** Serves `/v1/previews`: previews of sites and declarations that aren't sources yet. */
export const previewsRoutes: Routes = (app, { store, sources, now }) => {
  const api = typed(app);

  api.post(
    "/v1/previews",
    {
      summary: "Preview a site or a declaration without adding a source",
      description:
        "Returns at once; follow the progress at `Location`. The site is fetched at its own pace, so a preview takes a minute or two.",
      body: z.strictObject({
        home: z
          .url({ protocol: /^https?$/ })
          .max(2000)
          .optional()
          .describe("A site's home page"),
        proxy: ProxyName.optional().describe("Proxy for the site"),
        source: DeclarationBody.optional().describe(
          "A source's declaration to preview instead of `home`",
        ),
      }),
      response: { 202: ApiPreview },
    },
    async (request, reply) => {
      const { home, proxy, source } = request.body;
      if ((home === undefined) === (source === undefined)) {
        throw invalidRequest("Give either a home page or a source.");
      }
      const what = home === undefined ? { yaml: stringify(source) } : { home, proxy };
      const id = await sources.sites.preview(what, actorName(request));
      reply.code(202).header("location", `/v1/previews/${id}`).header("retry-after", RETRY_S);
      return sendJson(reply, await previewNamed(store, id, now()));
    },
  );

  api.get(
    "/v1/previews/:id",
    {
      summary: "The result or progress of a preview",
      params: z.object({ id: z.string().max(64) }),
      response: { 200: ApiPreview, 404: Problem },
    },
    async (request, reply) => {
      const preview = await previewNamed(store, request.params.id, now());
      if (preview.state === "working") reply.header("retry-after", RETRY_S);
      return sendJson(reply.header("cache-control", "no-store"), preview);
    },
  );
};

async function previewNamed(store: Store, id: string, now: Date) {
  const preview = await getPreview(store, id);
  if (preview) return showPreview(failIfDead(preview, now));
  const detail = `There is no preview "${id}". Previews are stored for a limited time.`;
  throw new ProblemError(404, "unknown-preview", detail);
}

function showPreview(preview: Omit<Preview, "pages">): z.input<typeof ApiPreview> {
  const { _id: id, yaml, result } = preview;
  const { verdict = null, problems = [], entries = [], articles = [] } = result ?? {};
  return fieldsOf(ApiPreview, {
    ...preview,
    id,
    declaration: yaml && hideSecrets(yaml),
    verdict,
    problems,
    entries,
    articles: articles.map((article) => fieldsOf(PreviewedArticle, article)),
  });
}
