import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { html, type Part } from "../../lib/text.ts";
import { shiftDay } from "../../lib/time.ts";
import { ProblemError } from "../../model/problem.ts";
import { Day } from "../../model/request-times.ts";
import { readNeighbouringDays } from "../../store/publish/counters.ts";
import { type DayDigest, digestFeed, digestMail, readDigest } from "../feeds/digest.ts";
import { LANGUAGES } from "../server/config.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import {
  type Around,
  dayLinks,
  dayTitle,
  type Edition,
  editionsOf,
  nameOf,
  pathIn,
} from "../server/edition.ts";
import { usageOf } from "../server/usage.ts";
import { columns, noneHere, type Page, renderPage } from "./layout.ts";
import { teaser } from "./list.ts";

const params = z.object({ day: Day });
const MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
const FEED_DAYS = 7;

/** Serves a day's digest as a page and as mail, and a feed of the last seven complete days. */
export const digestRoutes: Routes = (app, context) => {
  const editions = editionsOf(context.config);
  for (const edition of editions) editionRoutes(app, context, edition);

  typed(app).get(
    "/feeds/digest.atom",
    {
      summary: "The day digest: an entry for each of the last seven finished days",
      querystring: z.object({
        language: z.enum(LANGUAGES).optional().describe("Default: the portal's main language"),
      }),
    },
    async (request, reply) =>
      context.answerSoon(request, reply, "", async (snapshot) => {
        const { language } = request.query;
        const edition = editions.find((one) => one.language === language) ?? editions[0];
        const around = { edition, config: context.config, snapshot };
        const days = Array.from({ length: FEED_DAYS }, (_, n) => shiftDay(snapshot.today, -1 - n));
        const digests = await Promise.all(
          days.map((day) => readDigest(context.store, day, around)),
        );
        const shown = digests.filter(({ groups }) => groups.length > 0);
        const body = digestFeed(shown, around);
        const usage = usageOf(shown.flatMap((digest) => digest.shown));
        return { type: "application/atom+xml; charset=utf-8", body, usage };
      }),
  );
};

function editionRoutes(app: FastifyInstance, context: Context, edition: Edition): void {
  const { config, store, answerPage } = context;
  const schema = { hide: true, params };
  const pages = typed(app);

  pages.get(pathIn(edition, "/digest/:day"), schema, async (request, reply) =>
    answerPage(request, reply, "", async (snapshot) => {
      const { day } = request.params;
      if (day > snapshot.today) {
        throw new ProblemError(404, "not-found", "This day is in the future.");
      }
      const around = { edition, config, snapshot };
      const [digest, neighbours] = await Promise.all([
        readDigest(store, day, around),
        readNeighbouringDays(store, day, snapshot.today),
      ]);
      const page = digestPage(digest, dayLinks(edition, "/digest", neighbours), around);
      return renderPage(page, context, around);
    }),
  );

  pages.get(pathIn(edition, "/digest/:day/mail"), schema, async (request, reply) =>
    answerPage(request, reply, "", async (snapshot) => {
      const around = { edition, config, snapshot };
      const digest = await readDigest(store, request.params.day, around);
      if (digest.groups.length === 0) {
        throw new ProblemError(404, "not-found", "There are no articles of this day.");
      }
      const headers = { "content-security-policy": MAIL_POLICY };
      const usage = usageOf(digest.shown);
      const type = "text/html; charset=utf-8";
      return { type, body: digestMail(digest, around), headers, usage };
    }),
  );
}

function digestPage(digest: DayDigest, days: Part, around: Around): Page {
  const { day, articles, shown, groups, stories } = digest;
  const { edition, snapshot } = around;
  const { messages } = edition;
  const when = dayTitle(edition, day, snapshot.today);
  const title = `${messages.digest}: ${when}`;
  const path = `/digest/${day}`;
  const count = shown.length;
  const main = html`<div class="heading"><h1>${title}</h1><p>${messages.digestNote(count, articles)} <a href="${pathIn(edition, `/day/${day}`)}">${messages.wholeDay}</a> · <a href="${pathIn(edition, `${path}/mail`)}">${messages.asMail}</a></p></div>
${count === 0 && noneHere(when, edition)}
${groups.map(
  (group, index) => html`<section class="day" aria-labelledby="t${index}">
<h2 id="t${index}">${group.topic === null ? messages.other : nameOf("topic", group.topic, around)}</h2>
${group.articles.map((one) => teaser(one, stories, around))}
</section>`,
)}
${days}`;
  return {
    title,
    path,
    description: messages.digestNote(count, articles),
    articles: shown,
    body: columns(main, around),
  };
}
