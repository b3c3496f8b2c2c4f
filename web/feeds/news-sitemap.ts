import type { ListedArticle } from "../../store/articles/listing.ts";
import type { PortalConfig } from "../server/config.ts";
import { document, element } from "./xml.ts";

/** How far back a news sitemap may go, ms, and what it may name (Google: news sitemaps). */
export const NEWS_SITEMAP = { back: 2 * 86_400_000, most: 1000 };

/** A Google News sitemap of the portal's own pages. */
export function newsSitemap(articles: readonly ListedArticle[], config: PortalConfig): string {
  return document(
    element(
      "urlset",
      {
        xmlns: "http://www.sitemaps.org/schemas/sitemap/0.9",
        "xmlns:news": "http://www.google.com/schemas/sitemap-news/0.9",
      },
      articles.map((article) =>
        element(
          "url",
          {},
          element("loc", {}, `${config.baseUrl}/article/${encodeURIComponent(article._id)}`),
          element(
            "news:news",
            {},
            element(
              "news:publication",
              {},
              element("news:name", {}, config.portalTitle),
              element("news:language", {}, languageOf(article.language)),
            ),
            element("news:publication_date", {}, article.sortAt.toISOString()),
            element("news:title", {}, article.prefix + article.title),
          ),
        ),
      ),
    ),
  );
}

/** ISO 639, but for Chinese, where the script has to be named. */
function languageOf(language: string | null): string {
  return language === "zh" ? "zh-cn" : (language ?? "en");
}
