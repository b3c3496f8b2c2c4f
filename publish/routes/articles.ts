import { z } from "zod";
import { Moment } from "../../model/asked.ts";
import { readListing } from "../../store/listing.ts";
import { readArticle } from "../../store/story-articles.ts";
import { type Routes, typed } from "../context.ts";
import { listingCursor, readListingCursor } from "../cursor.ts";
import { toEntry } from "../feeds/feed.ts";
import { ninjs } from "../feeds/ninjs.ts";
import { newsArticle } from "../feeds/schema-org.ts";
import { fieldsQuery, picker } from "../fields.ts";
import { viewNamed } from "../filter-query.ts";
import { ApiArticle, ApiItem, apiArticle, apiItem, openText } from "../item.ts";
import { Problem, ProblemError } from "../problem.ts";
import { ArticleStory, apiStories } from "../story.ts";

const Query = z.object({
  source: z.string().max(63).optional(),
  topic: z.string().max(100).optional(),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/, "two letters, e.g. DE")
    .transform((code) => code.toUpperCase())
    .optional(),
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}$/, "two or three letters, e.g. de")
    .transform((code) => code.toLowerCase())
    .optional(),
  view: z.string().max(63).optional().describe("Only what is in this view"),
  since: Moment.optional().describe("Not older than this (date or date-time)"),
  until: Moment.optional().describe("Not newer than this (date or date-time)"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional().describe("`next_cursor` of the page before"),
  ...fieldsQuery,
});

const Page = z.object({
  items: z.array(ApiItem.extend({ story: ArticleStory })),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
});

const json = (value: unknown) => ({
  type: "application/json; charset=utf-8",
  body: JSON.stringify(value),
});

/** `GET /v1/articles` and `GET /v1/articles/{id}`. */
export const articlesRoutes: Routes = (app, { store, config, answer }) => {
  typed(app).get(
    "/v1/articles",
    {
      schema: {
        summary: "Published articles, newest first; duplicates are left to their story",
        description:
          "Filters hold together. Go on with `next_cursor` until `has_more` is false; a page of a rare combination may be shorter than `limit`.",
        tags: ["articles"],
        querystring: Query,
        response: { 200: Page, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { source, topic, country, language, view, since, until, limit, cursor } = request.query;
      const pick = picker(request.query.fields, ["story"]);
      return answer(request, reply, "", async ({ now, sources, views }) => {
        const filter = {
          ...(source && { sourceId: source }),
          ...(topic && { topic }),
          ...(country && { country }),
          ...(language && { language }),
          ...(view !== undefined && { where: viewNamed(view, views).filter }),
          ...(since && { since }),
          ...(until && { until }),
        };
        const before = cursor === undefined ? null : readListingCursor(cursor);
        const page = await readListing(store, filter, { limit, now, ...(before && { before }) });
        const stories = await apiStories(store, page.articles);
        const items = page.articles.map((article) =>
          pick({
            ...apiItem(article, sources.get(article.sourceId)),
            story: stories.get(article._id),
          }),
        );
        const next = page.next && listingCursor(page.next);
        return json({ items, next_cursor: next, has_more: next !== null });
      });
    },
  );

  typed(app).get(
    "/v1/articles/:id",
    {
      schema: {
        summary: "One article with how each field was read",
        description:
          "`text` is given where the publisher's rights allow it, else the teaser alone.",
        tags: ["articles"],
        params: z.object({ id: z.string().max(200) }),
        querystring: z.object({
          format: z
            .enum(["json", "ninjs", "jsonld"])
            .default("json")
            .describe("ninjs: IPTC ninjs 3.1; jsonld: schema.org NewsArticle"),
        }),
        response: { 200: ApiArticle.extend({ story: ArticleStory }), 404: Problem, 410: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      return answer(request, reply, "", async ({ sources }) => {
        const article = await readArticle(store, id);
        if (!article || article.status === "unlisted") {
          throw new ProblemError(404, "unknown-article", "No article has this id.");
        }
        if (article.status === "retracted") {
          throw new ProblemError(410, "retracted", "This article was retracted.");
        }
        const source = sources.get(article.sourceId);
        const { format } = request.query;
        if (format === "json") {
          const story = (await apiStories(store, [article])).get(id);
          return json({ ...apiArticle(article, source), story });
        }
        const text = openText(article, source);
        const entry = toEntry(apiItem(article, source), source, config, text);
        if (!entry)
          throw new ProblemError(404, "unknown-article", "Its address is not one of the web.");
        if (format === "ninjs") return json(ninjs(entry));
        return { ...json(newsArticle(entry)), type: "application/ld+json; charset=utf-8" };
      });
    },
  );
};
