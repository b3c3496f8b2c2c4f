import type { FastifyRequest } from "fastify";
import { isbot } from "isbot";
import { z } from "zod";
import { httpUrl } from "../../lib/text.ts";
import { dayIn } from "../../lib/time.ts";
import { ProblemError } from "../../model/problem.ts";
import { dayOf, TimeText } from "../../model/request-times.ts";
import { findArticle } from "../../store/articles/articles.ts";
import { countClick, readClicks } from "../../store/publish/clicks.ts";
import { hostOf } from "../auth/form.ts";
import { type Routes, typed } from "../server/context.ts";

const Clicks = z.object({
  day: z.string(),
  total: z.int().describe("Clicks on all articles together"),
  articles: z.array(z.object({ id: z.string(), count: z.int() })).describe("Most clicks first"),
});

export const clicksRoutes: Routes = (app, { store, config, now }) => {
  typed(app).get(
    "/read/:id",
    { hide: true, params: z.object({ id: z.string().max(200) }) },
    async (request, reply) => {
      const { id } = request.params;
      const article = await findArticle(store, id);
      const url = article?.status === "published" ? httpUrl(article.url) : null;
      if (url === null) throw new ProblemError(404, "not-found", "There is no such article.");
      if (isClick(request)) {
        const at = now();
        // A failure to count must not keep a reader from the article.
        await countClick(store, { articleId: id, day: dayIn(config.timezone, at), at }).catch(
          (err: unknown) => request.log.warn({ err }, "a click was not counted"),
        );
      }
      return reply
        .header("cache-control", "no-store")
        .header("x-robots-tag", "noindex, nofollow")
        .redirect(url, 302);
    },
  );

  typed(app).get(
    "/v1/clicks",
    {
      summary: "How often readers clicked `Read more` on a day, in total and by article",
      description:
        "Clicks in a browser on a page of the portal, without bots, prefetching and links from other sites. Nothing is stored about who clicked. Counts are stored for 400 days.",
      querystring: z.object({
        day: TimeText.optional().describe(
          "`2026-11-28`, `today` or `yesterday`, in the portal's time zone; default: today",
        ),
        limit: z.coerce.number().int().min(1).max(500).default(50),
      }),
      response: { 200: Clicks },
    },
    async (request) => {
      const { limit } = request.query;
      const day = dayOf(request.query.day ?? "today", now(), { timeZone: config.timezone });
      return { day, ...(await readClicks(store, day, limit)) };
    },
  );
};

function isClick({ method, headers, host }: FastifyRequest): boolean {
  if (method !== "GET" || isbot(headers["user-agent"] ?? "bot")) return false;
  if (headers["sec-purpose"] !== undefined || headers["purpose"] === "prefetch") return false;
  // Over plain HTTP, browsers send no Fetch Metadata.
  if (headers["sec-fetch-site"] === undefined) return hostOf(headers.referer ?? "") === host;
  return (
    headers["sec-fetch-site"] === "same-origin" &&
    headers["sec-fetch-mode"] === "navigate" &&
    headers["sec-fetch-user"] === "?1"
  );
}
