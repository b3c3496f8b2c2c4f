import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { leadOf } from "../../articles/stream/lead.ts";
import { html } from "../../lib/text.ts";
import { shiftDay } from "../../lib/time.ts";
import { ProblemError } from "../../model/problem.ts";
import { Day } from "../../model/request-times.ts";
import { findArticle } from "../../store/articles/articles.ts";
import type { ListedArticle } from "../../store/articles/listing.ts";
import { readStoryArticles, whyInStory } from "../../store/articles/stories.ts";
import { getDay, readNeighbouringDays } from "../../store/publish/counters.ts";
import { storyOf } from "../api/stories.ts";
import { acceptsPages, may } from "../auth/access.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import {
  type Around,
  CATEGORIES,
  dayLinks,
  dayTitle,
  type Edition,
  editionAt,
  editionsOf,
  LISTS,
  listNamed,
  pathIn,
  translateInto,
} from "../server/edition.ts";
import { articlePage, storyPage } from "./article.ts";
import { columns, INDEX_PAGES, indexPage, layout, type Page, renderPage, rich } from "./layout.ts";
import { Place, placePage, readList } from "./list.ts";

const Id = z.object({ id: z.string().max(200) });
const Region = z.object({ region: z.string().max(6), city: z.string().max(200).optional() });
const OfDay = z.object({ day: Day });
const hide = { hide: true };

type Make = (around: Around) => Page | Promise<Page>;

export const pagesRoutes: Routes = (app, context) => {
  for (const edition of editionsOf(context.config)) editionRoutes(app, context, edition);
};

function editionRoutes(app: FastifyInstance, context: Context, edition: Edition): void {
  const { config, store, answerPage } = context;
  const { messages } = edition;
  const pages = typed(app);
  const at = (path: string) => pathIn(edition, path);

  const show = (request: FastifyRequest, reply: FastifyReply, make: Make, variant = "") =>
    answerPage(request, reply, variant, async (snapshot) => {
      const around = { edition, config, snapshot };
      return renderPage(await make(around), context, around);
    });

  pages.get(at("/"), { ...hide, querystring: Place }, (request, reply) =>
    show(request, reply, (around) => {
      const note = messages.articles(around.snapshot.counters.all.articles);
      const subject = { path: "/", title: config.portalTitle, note, filter: {} };
      return readList(context, around, subject, request.query);
    }),
  );

  for (const kind of LISTS) {
    const schema = { ...hide, params: Id, querystring: Place };
    pages.get(at(`/${kind}/:id`), schema, (request, reply) =>
      show(request, reply, (around) => {
        const list = listNamed(kind, request.params.id, around, "not-found");
        const subject = { ...list, feed: `/feeds${list.path}` };
        return readList(context, around, subject, request.query);
      }),
    );
  }

  for (const category of CATEGORIES) {
    pages.get(at(`/${INDEX_PAGES[category]}`), hide, (request, reply) =>
      show(request, reply, (around) => indexPage(category, around)),
    );
  }

  for (const path of ["/region/:region", "/region/:region/:city"]) {
    const schema = { ...hide, params: Region, querystring: Place };
    pages.get(at(path), schema, (request, reply) =>
      show(request, reply, (around) => placePage(context, around, request.params, request.query)),
    );
  }

  const daySchema = { ...hide, params: OfDay, querystring: Place };
  pages.get(at("/day/:day"), daySchema, (request, reply) => {
    const { day } = request.params;
    return show(request, reply, async (around) => {
      const { today } = around.snapshot;
      if (day > shiftDay(today, 1)) {
        throw new ProblemError(404, "not-found", "This day is in the future.");
      }
      const subject = {
        path: `/day/${day}`,
        title: dayTitle(edition, day, today),
        note: messages.articles((await getDay(store, day)).articles),
        filter: { day },
        endLinks: dayLinks(edition, "/day", await readNeighbouringDays(store, day, today)),
      };
      return readList(context, around, subject, request.query);
    });
  });

  pages.get(at("/story/:id"), { ...hide, params: Id }, (request, reply) =>
    show(request, reply, async (around) => {
      const articles = await storyOf(store, request.params.id);
      const [first] = articles;
      const reasons = await whyInStory(store, articles);
      return {
        title: first ? headlineOf(edition, first) : messages.storyTitle,
        path: `/story/${encodeURIComponent(first?.storyId ?? "")}`,
        articles,
        body: storyPage(articles, reasons, around),
      };
    }),
  );

  pages.get(at("/article/:id"), { ...hide, params: Id }, (request, reply) => {
    const { id } = request.params;
    const isForEditors = may(request, "edit");
    const make = async (around: Around) => {
      const article = await findArticle(store, id);
      if (!article || article.status === "unlisted") {
        throw new ProblemError(404, "not-found", "There is no such article.");
      }
      if (article.status === "retracted") {
        throw new ProblemError(410, "retracted", "This article was retracted.");
      }
      const story = await readStoryArticles(store, article.storyId);
      const others = story.filter(({ _id }) => _id !== id);
      const source = around.snapshot.sources.get(article.sourceId);
      const [description] = leadOf(translateInto(edition, article), source);
      return {
        title: headlineOf(edition, article),
        path: `/article/${encodeURIComponent(id)}`,
        ...(description && { description }),
        // The other articles of the story appear as headlines only.
        articles: [article],
        body: articlePage(article, others, around, isForEditors),
      };
    };
    return show(request, reply, make, isForEditors ? "editor" : "");
  });
}

function headlineOf(edition: Edition, article: ListedArticle): string {
  const { prefix, title } = translateInto(edition, article);
  return prefix + title;
}

/**
 * Returns a function that renders a problem as a page. The function returns null for programs, or
 * if the database can't be read.
 */
export function problemPage(context: Context) {
  return async (request: FastifyRequest, problem: ProblemError): Promise<string | null> => {
    const forPrograms = /^\/(v1|feeds|healthz|readyz|metrics|docs)\b/.test(request.url);
    if (forPrograms || !acceptsPages(request)) return null;
    const snapshot = await context.snapshot().catch(() => null);
    if (!snapshot) return null;
    const edition = editionAt(request.url, context.config);
    const around = { edition, config: context.config, snapshot };
    const { messages } = edition;
    const { status, message } = problem;
    const title = messages.problems[status] ?? messages.problem;
    const text = messages.problemTexts[status] ?? html`<bdi lang="en">${rich(message)}</bdi>`;
    const main = html`<div class="heading"><h1>${title}</h1><p>${text}</p></div>
<p><a class="button" href="${pathIn(edition, "/")}">${messages.toTheLatest}</a></p>
${status >= 500 && html`<p class="meta">${messages.request} ${request.id}</p>`}`;
    return layout({ title, path: "", articles: [], body: columns(main, around) }, context, around);
  };
}
