import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { ProblemError } from "../../model/problem.ts";
import { getStatuses } from "../../store/articles/articles.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import { CATEGORIES, editionAt, listNamed } from "../server/edition.ts";
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

const UNKNOWN_FEED = "unknown-feed";

async function subjectOf(
  { store, config }: Context,
  snapshot: Snapshot,
  { category, id }: { category: z.output<typeof SubjectKind>; id: string },
): Promise<Subject> {
  if (category === "story") {
    const [article] = await getStatuses(store, [id]);
    if (article?.status !== "published") {
      throw new ProblemError(404, UNKNOWN_FEED, `There is no story "${id}".`);
    }
    const { storyId } = article;
    const page = `/story/${encodeURIComponent(storyId)}`;
    return { filter: {}, storyId, title: `One story · ${config.portalTitle}`, page };
  }
  const around = { edition: editionAt("/", config), config, snapshot };
  const { filter, title, path } = listNamed(category, id, around, UNKNOWN_FEED);
  return { filter, title: `${title} · ${config.portalTitle}`, page: path };
}
