import { z } from "zod";
import { html, httpUrl } from "../../lib/text.ts";
import type { Article } from "../../model/articles/article.ts";
import { ProblemError } from "../../model/problem.ts";
import type { Day as DayCounts } from "../../model/publish/day.ts";
import { Day } from "../../model/request-times.ts";
import { USES } from "../../model/usage-rights.ts";
import { type ListedArticle, readListing } from "../../store/articles/listing.ts";
import { articlesOfDay, daysWithArticles } from "../../store/publish/counters.ts";
import type { PublicSource } from "../../store/sources/sources.ts";
import type { PortalConfig } from "../server/config.ts";
import { type Routes, typed } from "../server/context.ts";
import { editionsOf, pathIn } from "../server/edition.ts";
import { usageLines, usageOf } from "../server/usage.ts";
import { document } from "./feed.ts";

/** Serves robots.txt, sitemaps (one for Google News), and an OPML file of the sources. */
export const sitemapsRoutes: Routes = (app, { store, config, answerSoon }) => {
  const api = typed(app);

  api.get(
    "/sitemap-news.xml",
    { summary: "The portal's pages of the last two days, as a Google News sitemap" },
    async (request, reply) =>
      answerSoon(request, reply, "", async ({ now }) => {
        const since = new Date(now.getTime() - NEWS_SITEMAP.back);
        const options = { limit: NEWS_SITEMAP.most, now };
        const { articles } = await readListing(store, { since }, options);
        return { type: XML, body: newsSitemap(articles, config), usage: usageOf(articles) };
      }),
  );

  api.get(
    "/sitemap.xml",
    { summary: "The index of the portal's sitemaps, one or more for each day" },
    async (request, reply) =>
      answerSoon(request, reply, "", async () => {
        return { type: XML, body: sitemapIndex(await daysWithArticles(store), config), usage: [] };
      }),
  );

  api.get(
    "/sitemap/:file",
    {
      summary:
        "The portal's article pages of a day: `/sitemap/2026-11-25.xml`. A day with more than 50,000 pages continues in `/sitemap/2026-11-25-2.xml`",
      params: z.object({ file: SitemapFile }),
    },
    async (request, reply) =>
      answerSoon(request, reply, "", async () => {
        const { day, page } = request.params.file;
        const articles = await articlesOfDay(store, day, { page, size: MAX_URLS_PER_SITEMAP });
        if (articles.length === 0) {
          throw new ProblemError(404, "not-found", `There are no articles of ${day} here.`);
        }
        return { type: XML, body: daySitemap(articles, config), usage: [] };
      }),
  );

  api.get("/robots.txt", { hide: true }, async (request, reply) =>
    answerSoon(request, reply, "", async ({ counters }) => ({
      type: "text/plain; charset=utf-8",
      body: robotsTxt(config, counters.all),
      usage: [],
    })),
  );

  api.get(
    "/feeds/sources.opml",
    { summary: "The feed of every source, as OPML 2.0" },
    async (request, reply) =>
      answerSoon(request, reply, "", async ({ sources }) => ({
        type: "text/x-opml; charset=utf-8",
        body: sourcesOpml(sources.values(), config),
        usage: [],
      })),
  );
};

/** The sitemaps.org protocol 0.9 sets this limit. */
const MAX_URLS_PER_SITEMAP = 50_000;

const XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9";

export const SitemapFile = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(-[1-9]\d{0,3})?\.xml$/, "write a day as YYYY-MM-DD.xml")
  .transform((file) => {
    const [day, page = "1"] = [file.slice(0, 10), /-(\d+)\.xml$/.exec(file.slice(10))?.[1]];
    return { day, page: Number(page) };
  })
  .pipe(z.object({ day: Day, page: z.int() }));

export function sitemapIndex(
  days: readonly { day: string; articles: number }[],
  { baseUrl }: PortalConfig,
): string {
  const files = days.flatMap(({ day, articles }) =>
    Array.from({ length: Math.ceil(articles / MAX_URLS_PER_SITEMAP) }, (_, n) =>
      n === 0 ? `${day}.xml` : `${day}-${n + 1}.xml`,
    ),
  );
  return document(html`<sitemapindex xmlns="${XMLNS}">
${files
  .slice(0, MAX_URLS_PER_SITEMAP)
  .map(
    (file) => html`<sitemap><loc>${baseUrl}/sitemap/${file}</loc></sitemap>\n`,
  )}</sitemapindex>`);
}

function daySitemap(
  articles: readonly Pick<Article, "_id" | "sortAt" | "modifiedAt">[],
  config: PortalConfig,
): string {
  const editions = editionsOf(config);
  const url = ({ _id, sortAt, modifiedAt }: (typeof articles)[number]) => {
    const all = editions.map((edition) => ({
      language: edition.language,
      href: config.baseUrl + pathIn(edition, `/article/${encodeURIComponent(_id)}`),
    }));
    const changed = modifiedAt && modifiedAt > sortAt ? modifiedAt : sortAt;
    return html`<url>
<loc>${all[0]?.href}</loc>
<lastmod>${changed.toISOString()}</lastmod>
${all.map(({ language, href }) => html`<xhtml:link rel="alternate" hreflang="${language}" href="${href}"/>`)}
</url>
`;
  };
  return document(html`<urlset xmlns="${XMLNS}" xmlns:xhtml="http://www.w3.org/1999/xhtml">
${articles.map(url)}</urlset>`);
}

function robotsTxt(config: PortalConfig, { byDenied }: DayCounts): string {
  const denies = USES.filter((use) => (byDenied[use] ?? 0) > 0);
  const closed = ["/admin", "/read/", ...editionsOf(config).map((one) => pathIn(one, "/search"))];
  return [
    "User-agent: *",
    ...closed.map((path) => `Disallow: ${path}`),
    ...usageLines(denies),
    "",
    `Sitemap: ${config.baseUrl}/sitemap.xml`,
    `Sitemap: ${config.baseUrl}/sitemap-news.xml`,
    "",
  ].join("\n");
}

/** Google limits news sitemaps to two days and 1000 articles. */
const NEWS_SITEMAP = { back: 2 * 86_400_000, most: 1000 };

export function newsSitemap(
  articles: readonly ListedArticle[],
  { baseUrl, portalTitle }: PortalConfig,
): string {
  // Google News knows Chinese only as `zh-cn` or `zh-tw`.
  const codeOf = (language: string | null) => (language === "zh" ? "zh-cn" : (language ?? "en"));
  const url = ({ _id, language, sortAt, prefix, title }: ListedArticle) => html`<url>
<loc>${baseUrl}/article/${encodeURIComponent(_id)}</loc>
<news:news>
<news:publication><news:name>${portalTitle}</news:name><news:language>${codeOf(language)}</news:language></news:publication>
<news:publication_date>${sortAt.toISOString()}</news:publication_date>
<news:title>${prefix + title}</news:title>
</news:news>
</url>
`;
  return document(html`<urlset xmlns="${XMLNS}" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
${articles.map(url)}</urlset>`);
}

export function sourcesOpml(
  sources: Iterable<PublicSource>,
  { portalTitle, baseUrl }: PortalConfig,
): string {
  const outlines = [...sources].map(({ _id, name, home, language }) => {
    const id = encodeURIComponent(_id);
    const page = httpUrl(home ?? "") ?? `${baseUrl}/source/${id}`;
    return html`<outline type="rss" text="${name}" title="${name}" xmlUrl="${baseUrl}/feeds/source/${id}.rss" htmlUrl="${page}"${language && html` language="${language}"`}/>\n`;
  });
  return document(html`<opml version="2.0">
<head><title>Sources of ${portalTitle}</title></head>
<body>
${outlines}</body>
</opml>`);
}

const XML = "application/xml; charset=utf-8";
