import { z } from "zod";
import { ProblemError } from "../../../model/problem.ts";
import { readListing } from "../../../store/articles/listing.ts";
import { dayAddresses, daysWithArticles } from "../../../store/publish/days.ts";
import { type Routes, typed } from "../../server/context.ts";
import { NEWS_SITEMAP, newsSitemap } from "../news-sitemap.ts";
import { sourcesOpml } from "../opml.ts";
import { daySitemap, MOST_ADDRESSES, robotsTxt, SitemapFile, sitemapIndex } from "../sitemap.ts";

const XML = "application/xml; charset=utf-8";

/** Sitemaps and robots.txt for search engines, `/sitemap-news.xml` for Google News and `/feeds/sources.opml` for feed readers. */
export const outletsRoutes: Routes = (app, { store, config, answerSoon }) => {
  const schema = (summary: string) => ({ schema: { tags: ["feeds"], summary } as object });

  app.get(
    "/sitemap-news.xml",
    schema("The portal's pages of the last two days, as a Google News sitemap"),
    async (request, reply) =>
      answerSoon(request, reply, "", async ({ now }) => {
        const since = new Date(now.getTime() - NEWS_SITEMAP.back);
        const asked = { limit: NEWS_SITEMAP.most, now };
        const { articles } = await readListing(store, { since }, asked);
        return { type: XML, body: newsSitemap(articles, config) };
      }),
  );

  app.get(
    "/sitemap.xml",
    schema("The index of the portal's sitemaps, of each day"),
    async (request, reply) =>
      answerSoon(request, reply, "", async () => {
        return { type: XML, body: sitemapIndex(await daysWithArticles(store), config) };
      }),
  );

  typed(app).get(
    "/sitemap/:file",
    {
      schema: {
        tags: ["feeds"],
        summary:
          "The portal's pages of the articles of a day, `/sitemap/2026-11-25.xml`; of a day with more than 50,000, `/sitemap/2026-11-25-2.xml` goes on",
        params: z.object({ file: SitemapFile }),
      },
    },
    async (request, reply) =>
      answerSoon(request, reply, "", async () => {
        const { day, page } = request.params.file;
        const articles = await dayAddresses(store, day, { page, size: MOST_ADDRESSES });
        if (articles.length === 0) {
          throw new ProblemError(404, "not-found", `There are no articles of ${day} here.`);
        }
        return { type: XML, body: daySitemap(articles, config) };
      }),
  );

  app.get("/robots.txt", { schema: { hide: true } }, async (_, reply) =>
    reply.type("text/plain; charset=utf-8").send(robotsTxt(config)),
  );

  app.get(
    "/feeds/sources.opml",
    schema("The feed of every source, as OPML 2.0"),
    async (request, reply) =>
      answerSoon(request, reply, "", async ({ sources }) => ({
        type: "text/x-opml; charset=utf-8",
        body: sourcesOpml(sources.values(), config),
      })),
  );
};
