import { z } from "zod";
import type { Article } from "../../model/articles/article.ts";
import { Day } from "../../model/request-times.ts";
import type { PortalConfig } from "../server/config.ts";
import { editionsOf, pathIn } from "../server/edition.ts";
import { document, element } from "./xml.ts";

/** Most addresses of one sitemap (sitemaps.org protocol 0.9). */
export const MOST_ADDRESSES = 50_000;

const XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9";

/** The file of a page of a day's sitemap: `2026-11-25.xml`, then `2026-11-25-2.xml`. */
const fileOf = (day: string, page: number) => `${day}${page === 1 ? "" : `-${page}`}.xml`;

/** The day and page of such a file. */
export const SitemapFile = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(-[1-9]\d{0,3})?\.xml$/, "write a day as YYYY-MM-DD.xml")
  .transform((file) => {
    const [day, page = "1"] = [file.slice(0, 10), /-(\d+)\.xml$/.exec(file.slice(10))?.[1]];
    return { day, page: Number(page) };
  })
  .pipe(z.object({ day: Day, page: z.int() }));

/** The index of the sitemaps: those of each day that has articles, as many as it needs. */
export function sitemapIndex(
  days: readonly { day: string; articles: number }[],
  { baseUrl }: PortalConfig,
): string {
  const files = days.flatMap(({ day, articles }) =>
    Array.from({ length: Math.ceil(articles / MOST_ADDRESSES) }, (_, n) => fileOf(day, n + 1)),
  );
  return document(
    element(
      "sitemapindex",
      { xmlns: XMLNS },
      files
        .slice(0, MOST_ADDRESSES)
        .map((file) => element("sitemap", {}, element("loc", {}, `${baseUrl}/sitemap/${file}`))),
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
