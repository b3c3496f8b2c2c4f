import type { FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { getDay } from "../../store/days.ts";
import { readArticle, readStory } from "../../store/story-articles.ts";
import { whyInStory } from "../../store/story-facts.ts";
import { type Routes, typed } from "../context.ts";
import { viewNamed } from "../filter-query.ts";
import { CATEGORIES, countsOf, filterOf, filterText, isKnown, nameOf } from "../names.ts";
import { articlePage } from "../pages/article.ts";
import { indexPage } from "../pages/index-page.ts";
import { layout, type Page } from "../pages/layout.ts";
import { articlesText } from "../pages/list.ts";
import { readList } from "../pages/read-list.ts";
import { INDEXES } from "../pages/side.ts";
import { storyPage } from "../pages/story.ts";
import { dayLinks, dayTitle } from "../pages/time.ts";
import { leadOf } from "../present.ts";
import { ProblemError } from "../problem.ts";
import { type Snapshot, shiftDay } from "../snapshot.ts";
import { storyOf } from "./stories.ts";

const Place = z.object({
  before: z.string().max(400).optional(),
  after: z.string().max(400).optional(),
});
const Id = z.object({ id: z.string().max(200) });
const Day = z.object({ day: z.iso.date() });
const hide = { hide: true };

type Make = (snapshot: Snapshot) => Page | Promise<Page>;

/** The portal's pages for readers. */
export const pagesRoutes: Routes = (app, context) => {
  const { config, store, answer } = context;
  const pages = typed(app);

  const show = (request: FastifyRequest, reply: FastifyReply, make: Make) =>
    answer(request, reply, "", async (snapshot) => ({
      type: "text/html; charset=utf-8",
      body: layout(await make(snapshot), context, snapshot),
    }));

  pages.get("/", { schema: { ...hide, querystring: Place } }, (request, reply) =>
    show(request, reply, (snapshot) => {
      const note = articlesText(snapshot.counters.all.articles);
      const subject = { path: "/", title: config.portalTitle, note, filter: {} };
      return readList(context, snapshot, subject, request.query);
    }),
  );

  for (const category of CATEGORIES) {
    const schema = { ...hide, params: Id, querystring: Place };
    pages.get(`/${category}/:id`, { schema }, (request, reply) => {
      const { id } = request.params;
      return show(request, reply, (snapshot) => {
        if (!isKnown(category, id, config, snapshot)) {
          throw new ProblemError(404, "not-found", `There is no ${category} "${id}".`);
        }
        const path = `/${category}/${encodeURIComponent(id)}`;
        const subject = {
          path,
          title: nameOf(category, id, config, snapshot),
          note: articlesText(countsOf(category, snapshot)[id] ?? 0),
          filter: filterOf(category, id),
          feed: `/feeds${path}`,
        };
        return readList(context, snapshot, subject, request.query);
      });
    });

    pages.get(INDEXES[category].path, { schema: hide }, (request, reply) =>
      show(request, reply, (snapshot) => indexPage(category, config, snapshot)),
    );
  }

  pages.get(
    "/view/:id",
    { schema: { ...hide, params: Id, querystring: Place } },
    (request, reply) => {
      const { id } = request.params;
      return show(request, reply, (snapshot) => {
        const { name: title, filter } = viewNamed(id, snapshot.views);
        const path = `/view/${id}`;
        const subject = { path, title, note: filterText(filter, config, snapshot) };
        const list = { ...subject, filter: { where: filter }, feed: `/feeds${path}` };
        return readList(context, snapshot, list, request.query);
      });
    },
  );

  const daySchema = { ...hide, params: Day, querystring: Place };
  pages.get("/day/:day", { schema: daySchema }, (request, reply) => {
    const { day } = request.params;
    return show(request, reply, async (snapshot) => {
      if (day > shiftDay(snapshot.today, 1)) {
        throw new ProblemError(404, "not-found", "This day is still to come.");
      }
      const subject = {
        path: `/day/${day}`,
        title: dayTitle(day, snapshot.today),
        note: articlesText((await getDay(store, day)).articles),
        filter: { day },
        around: dayLinks(day, snapshot.today),
      };
      return readList(context, snapshot, subject, request.query);
    });
  });

  pages.get("/story/:id", { schema: { ...hide, params: Id } }, (request, reply) =>
    show(request, reply, async (snapshot) => {
      const articles = await storyOf(store, request.params.id);
      const [first] = articles;
      const reasons = await whyInStory(store, articles);
      return {
        title: first ? first.prefix + first.title : "Story",
        path: `/story/${encodeURIComponent(first?.storyId ?? "")}`,
        body: storyPage(articles, reasons, { config, snapshot }),
      };
    }),
  );

  pages.get("/article/:id", { schema: { ...hide, params: Id } }, (request, reply) => {
    const { id } = request.params;
    return show(request, reply, async (snapshot) => {
      const article = await readArticle(store, id);
      if (!article || article.status === "unlisted") {
        throw new ProblemError(404, "not-found", "There is no such article.");
      }
      if (article.status === "retracted") {
        throw new ProblemError(410, "retracted", "This article was taken back.");
      }
      const others = await readStory(store, article);
      const [description] = leadOf(article, snapshot.sources.get(article.sourceId));
      return {
        title: article.prefix + article.title,
        path: `/article/${encodeURIComponent(id)}`,
        ...(description && { description }),
        body: articlePage(article, others, config, snapshot),
      };
    });
  });
};
