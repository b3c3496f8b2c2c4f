import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { viewNamed } from "../../articles/stream/views.ts";
import { ProblemError } from "../../model/problem.ts";
import { getStatuses } from "../../store/articles/articles.ts";
import { type Context, type Routes, type Snapshot, typed } from "../server/context.ts";
import { CATEGORIES, editionAt, filterOf, isKnown, nameOf } from "../server/edition.ts";
import { Problem } from "../server/problem.ts";
import { FeedQuery, FORMATS, type Format, Formats, type Subject, writeFeed } from "./write.ts";

const File = z
  .string()
  .max(300)
  .regex(/^.+\.(json|atom|rss|ninjs)$/, "write a name that ends in .json, .atom, .rss or .ninjs");

/** Serves feeds of all articles and of each source, topic, country, language, story and view. */
export const feedsRoutes: Routes = (app, context) => {
  const schema = {
    querystring: FeedQuery,
    response: { 400: Problem, 404: Problem },
  };
  const send = (
    request: FastifyRequest<{ Querystring: FeedQuery }>,
    reply: FastifyReply,
    { path, format }: { path: string; format: Format },
    subjectOf: (snapshot: Snapshot) => Subject | Promise<Subject>,
  ) =>
    context.answerSoon(request, reply, "", async (snapshot) => {
      const subject = await subjectOf(snapshot);
      return writeFeed(context, snapshot, subject, { path, format, query: request.query });
    });

  for (const format of Formats.options) {
    const path = `/feeds/all.${format}`;
    typed(app).get(
      path,
      { ...schema, summary: `Everything, as ${FORMATS[format].name}` },
      async (request, reply) =>
        send(request, reply, { path, format }, () => ({
          filter: {},
          title: context.config.portalTitle,
          page: "/",
        })),
    );
  }

  typed(app).get(
    "/feeds/:category/:file",
    {
      ...schema,
      summary:
        "The articles of one source, topic, country, language, view or story: `/feeds/topic/smart-city.atom`",
      params: z.object({ category: z.enum([...CATEGORIES, "story", "view"]), file: File }),
    },
    async (request, reply) => {
      const { category, file } = request.params;
      const dot = file.lastIndexOf(".");
      const id = file.slice(0, dot);
      const format = Formats.parse(file.slice(dot + 1));
      const path = `/feeds/${category}/${encodeURIComponent(id)}.${format}`;
      return send(request, reply, { path, format }, (snapshot) =>
        category === "story"
          ? storySubject(context, id)
          : category === "view"
            ? viewSubject(context, snapshot, id)
            : categorySubject(context, snapshot, { category, id }),
      );
    },
  );
};

function categorySubject(
  { config }: Context,
  snapshot: Snapshot,
  { category, id }: { category: (typeof CATEGORIES)[number]; id: string },
): Subject {
  if (!isKnown(category, id, config, snapshot)) {
    throw new ProblemError(404, "unknown-feed", `There is no ${category} "${id}".`);
  }
  return {
    filter: filterOf(category, id),
    title: `${nameOf(category, id, { edition: editionAt("/", config), config, snapshot })} · ${config.portalTitle}`,
    page: `/${category}/${encodeURIComponent(id)}`,
  };
}

function viewSubject({ config }: Context, { views }: Snapshot, id: string): Subject {
  const { name, filter } = viewNamed(id, views);
  return {
    filter: { where: filter },
    title: `${name} · ${config.portalTitle}`,
    page: `/view/${id}`,
  };
}

async function storySubject({ store, config }: Context, id: string): Promise<Subject> {
  const [article] = await getStatuses(store, [id]);
  if (article?.status !== "published") {
    throw new ProblemError(404, "unknown-feed", `There is no story "${id}".`);
  }
  const { storyId } = article;
  const page = `/story/${encodeURIComponent(storyId)}`;
  return { filter: {}, storyId, title: `One story · ${config.portalTitle}`, page };
}
