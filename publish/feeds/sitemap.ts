import type { Article } from "../../model/article.ts";
import type { PortalConfig } from "../config.ts";
import { editionsOf, pathIn } from "../edition.ts";
import { document, element } from "./xml.ts";

/** Most addresses of one sitemap (sitemaps.org protocol 0.9). */
export const MOST_ADDRESSES = 50_000;

const XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9";

/** The index of the sitemaps: one for each day that has articles. */
export function sitemapIndex(days: readonly string[], { baseUrl }: PortalConfig): string {
  return document(
    element(
      "sitemapindex",
      { xmlns: XMLNS },
      days
        .slice(0, MOST_ADDRESSES)
        .map((day) => element("sitemap", {}, element("loc", {}, `${baseUrl}/sitemap/${day}.xml`))),
    ),
  );
}

/** The portal's pages of a day's articles, each with its other languages. */
export function daySitemap(
  articles: readonly Pick<Article, "_id" | "sortAt" | "modifiedAt">[],
  config: PortalConfig,
): string {
  const editions = editionsOf(config);
  const addresses = (id: string) =>
    editions.map((edition) => ({
      language: edition.language,
      href: config.baseUrl + pathIn(edition, `/article/${encodeURIComponent(id)}`),
    }));
  return document(
    element(
      "urlset",
      { xmlns: XMLNS, "xmlns:xhtml": "http://www.w3.org/1999/xhtml" },
      articles.map(({ _id, sortAt, modifiedAt }) => {
        const all = addresses(_id);
        const changed = modifiedAt && modifiedAt > sortAt ? modifiedAt : sortAt;
        return element(
          "url",
          {},
          element("loc", {}, all[0]?.href ?? ""),
          element("lastmod", {}, changed.toISOString()),
          all.map(({ language, href }) =>
            element("xhtml:link", { rel: "alternate", hreflang: language, href }),
          ),
        );
      }),
    ),
  );
}

/** robots.txt (RFC 9309): what isn't for robots, and where the sitemaps are. */
export function robotsTxt(config: PortalConfig): string {
  const closed = ["/admin", "/read/", ...editionsOf(config).map((one) => pathIn(one, "/search"))];
  return [
    "User-agent: *",
    ...closed.map((path) => `Disallow: ${path}`),
    "",
    `Sitemap: ${config.baseUrl}/sitemap.xml`,
    `Sitemap: ${config.baseUrl}/sitemap-news.xml`,
    "",
  ].join("\n");
}
