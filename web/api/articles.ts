import { z } from "zod";
import { listingCursor, readListingCursor } from "../../articles/stream/cursor.ts";
import { ApiArticle, ApiItem, apiArticle, apiItem, openText } from "../../articles/stream/item.ts";
import { viewNamed } from "../../articles/stream/views.ts";
import { TIME_FORMS } from "../../lib/time-expression.ts";
import { invalidRequest, ProblemError } from "../../model/problem.ts";
import { CountryCode, LanguageCode } from "../../model/publish/filter.ts";
import { firstMomentOf, lastMomentOf, TimeText } from "../../model/request-times.ts";
import { findArticle } from "../../store/articles/articles.ts";
import { readListing } from "../../store/articles/listing.ts";
import type { Store } from "../../store/store.ts";
import { toEntry } from "../feeds/feed.ts";
import { newsArticle, ninjs } from "../feeds/formats.ts";
import { renderJson } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { fieldsQuery, pageOf, picker, requireKnown } from "./parameters.ts";
import { ArticleStory, apiStories } from "./stories.ts";

const Query = z.object({
  source: z.string().max(63).optional(),
  topic: z.string().max(100).optional(),
  country: z.string().toUpperCase().pipe(CountryCode).optional().describe("ISO 3166-1, e.g. DE"),
  language: z
    .string()
    .toLowerCase()
    .pipe(LanguageCode)
    .optional()
    .describe("Language code, e.g. de"),
  view: z.string().max(63).optional().describe("Only articles in this view"),
  since: TimeText.optional().describe(`Only articles since this time: ${TIME_FORMS}`),
  until: TimeText.optional().describe(
    "Only articles until this time; a day, month or year (in UTC) is included in full: `until=2026-11`",
  ),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional().describe("`next_cursor` of the previous page"),
  ...fieldsQuery,
});

const Page = pageOf(ApiItem.extend({ story: ArticleStory }));

/** `7d` counts from a rounded time, so that responses can be cached. */
const RELATIVE_TIME_STEP_MS = 60_000;

function timesOf(
  { since, until }: { since?: string | undefined; until?: string | undefined },
  now: Date,
): { since?: Date; until?: Date } {
  const minute = new Date(
    Math.floor(now.getTime() / RELATIVE_TIME_STEP_MS) * RELATIVE_TIME_STEP_MS,
  );
  const first = since === undefined ? undefined : firstMomentOf(since, minute);
  const last = until === undefined ? undefined : lastMomentOf(until, minute);
  if (first && last && first > last) {
    throw invalidRequest(
      `since (${first.toISOString()}) is after until (${last.toISOString()}); give the earlier time as since.`,
    );
  }
  return { ...(first && { since: first }), ...(last && { until: last }) };
}

/** Returns an article by id. Throws a 404 or 410 problem if readers can't see it. */
export async function publishedArticle(store: Store, id: string) {
  const article = await findArticle(store, id);
  if (!article || article.status === "unlisted") {
    throw new ProblemError(404, "unknown-article", `There is no article "${id}".`);
  }
  if (article.status === "retracted") {
    throw new ProblemError(410, "retracted", "This article was retracted.");
  }
  return article;
}

export const articlesRoutes: Routes = (app, { store, config, answer, now }) => {
  typed(app).get(
    "/v1/articles",
    {
      summary: "Published articles, newest first, without duplicates",
      description:
        "Filters are combined with AND. Continue with `next_cursor` until `has_more` is false; a page can be shorter than `limit`.",
      querystring: Query,
      response: { 200: Page, 404: Problem },
    },
    async (request, reply) => {
      const { source, topic, country, language, view, limit, cursor } = request.query;
      const pick = picker(request.query.fields, ["story"]);
      const { since, until } = timesOf(request.query, now());
      // A response stays valid as long as the requested times are the same.
      const variant = since || until ? `${since?.getTime()}-${until?.getTime()}` : "";
      return answer(request, reply, variant, async ({ now: at, sources, views }) => {
        await requireKnown(
          { store, config, sources },
          { ...(source && { source: [source] }), ...(topic && { topic: [topic] }) },
        );
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
        const page = await readListing(store, filter, {
          limit,
          now: at,
          ...(before && { before }),
        });
        const stories = await apiStories(store, page.articles);
        const items = page.articles.map((article) =>
          pick({
            ...apiItem(article, sources.get(article.sourceId)),
            story: stories.get(article._id),
          }),
        );
        const next = page.next && listingCursor(page.next);
        return renderJson({ items, next_cursor: next, has_more: next !== null }, page.articles);
      });
    },
  );

  typed(app).get(
    "/v1/articles/:id",
    {
      summary: "One article, with the evidence for each field",
      description:
        "`text` is included if the publisher's rights allow it; otherwise the response has only the teaser.",
      params: z.object({ id: z.string().max(200) }),
      querystring: z.object({
        format: z
          .enum(["json", "ninjs", "jsonld"])
          .default("json")
          .describe("ninjs: IPTC ninjs 3.1; jsonld: schema.org NewsArticle"),
      }),
      response: { 200: ApiArticle.extend({ story: ArticleStory }), 404: Problem, 410: Problem },
    },
    async (request, reply) => {
      const { id } = request.params;
      return answer(request, reply, "", async ({ sources }) => {
        const article = await publishedArticle(store, id);
        const source = sources.get(article.sourceId);
        const { format } = request.query;
        if (format === "json") {
          const story = (await apiStories(store, [article])).get(id);
          return renderJson({ ...apiArticle(article, source), story }, [article]);
        }
        const text = openText(article, source);
        const entry = toEntry(apiItem(article, source), source, config, text);
        if (!entry) {
          const detail =
            "The URL of this article isn't http or https, so only format=json is available.";
          throw new ProblemError(404, "unknown-article", detail);
        }
        if (format === "ninjs") return renderJson(ninjs(entry), [article]);
        return {
          ...renderJson(newsArticle(entry), [article]),
          type: "application/ld+json; charset=utf-8",
        };
      });
    },
  );
};
