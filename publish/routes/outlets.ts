import { readListing } from "../../store/listing.ts";
import type { Routes } from "../context.ts";
import { NEWS_SITEMAP, newsSitemap } from "../feeds/news-sitemap.ts";
import { sourcesOpml } from "../feeds/opml.ts";

/** `/sitemap-news.xml` for Google News and `/feeds/sources.opml` for feed readers. */
export const outletsRoutes: Routes = (app, { store, config, answer }) => {
  const schema = (summary: string) => ({ schema: { tags: ["feeds"], summary } as object });

  app.get(
    "/sitemap-news.xml",
    schema("The portal's pages of the last two days, as a Google News sitemap"),
    async (request, reply) =>
      answer(request, reply, "", async ({ now }) => {
        const since = new Date(now.getTime() - NEWS_SITEMAP.back);
        const asked = { limit: NEWS_SITEMAP.most, now };
        const { articles } = await readListing(store, { since }, asked);
        return { type: "application/xml; charset=utf-8", body: newsSitemap(articles, config) };
      }),
  );

  app.get(
    "/feeds/sources.opml",
    schema("The feed of every source, as OPML 2.0"),
    async (request, reply) =>
      answer(request, reply, "", async ({ sources }) => ({
        type: "text/x-opml; charset=utf-8",
        body: sourcesOpml(sources.values(), config),
      })),
  );
};
