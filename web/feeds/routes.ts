import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { viewNamed } from "../../articles/stream/views.ts";
import { ProblemError } from "../../model/problem.ts";
import { getStatuses } from "../../store/articles/articles.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import { CATEGORIES, editionAt, filterOf, isKnown, nameOf } from "../server/edition.ts";
import { Problem } from "../server/problem.ts";
import type { Snapshot } from "../server/snapshot.ts";
import { FeedQuery, FORMATS, type Format, Formats, type Subject, writeFeed } from "./write.ts";

const File = z
  .string()
  .max(300)
  .regex(/^.+\.(json|atom|rss|ninjs)$/, "write a name that ends in .json, .atom, .rss or .ninjs");

const SubjectKind = z.enum([...CATEGORIES, "story", "view"]);

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
    findSubject: (snapshot: Snapshot) => Subject | Promise<Subject>,
  ) =>
    context.answerSoon(request, reply, "", async (snapshot) => {
      const subject = await findSubject(snapshot);
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
      params: z.object({ category: SubjectKind, file: File }),
    },
    async (request, reply) => {
      const { category, file } = request.params;
      const dot = file.lastIndexOf(".");
      const id = file.slice(0, dot);
      const format = Formats.parse(file.slice(dot + 1));
      const path = `/feeds/${category}/${encodeURIComponent(id)}.${format}`;
      return send(request, reply, { path, format }, (snapshot) =>
        subjectOf(context, snapshot, { category, id }),
      );
    },
  );
};

async function subjectOf(
  { store, config }: Context,
  snapshot: Snapshot,
  { category, id }: { category: z.output<typeof SubjectKind>; id: string },
): Promise<Subject> {
  const unknown = () => new ProblemError(404, "unknown-feed", `There is no ${category} "${id}".`);
  const titled = (name: string) => `${name} · ${config.portalTitle}`;
  if (category === "view") {
    const { name, filter } = viewNamed(id, snapshot.views);
    return { filter: { where: filter }, title: titled(name), page: `/view/${id}` };
  }
  if (category === "story") {
    const [article] = await getStatuses(store, [id]);
    if (article?.status !== "published") throw unknown();
    const { storyId } = article;
    const page = `/story/${encodeURIComponent(storyId)}`;
    return { filter: {}, storyId, title: titled("One story"), page };
  }
  if (!isKnown(category, id, config, snapshot)) throw unknown();
  const name = nameOf(category, id, { edition: editionAt("/", config), config, snapshot });
  const page = `/${category}/${encodeURIComponent(id)}`;
  return { filter: filterOf(category, id), title: titled(name), page };
}
