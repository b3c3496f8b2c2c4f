import { z } from "zod";
import { type ListingFilter, type Position, readListing } from "../../store/listing.ts";
import { type Context, type Routes, typed } from "../context.ts";
import { listingCursor, readListingCursor } from "../cursor.ts";
import { atomFeed } from "../feeds/atom.ts";
import { type Entry, type Feed, toEntry } from "../feeds/feed.ts";
import { jsonFeed } from "../feeds/json.ts";
import { rssFeed } from "../feeds/rss.ts";
import { apiItem } from "../item.ts";
import { CATEGORIES, filterOf, isKnown, nameOf } from "../names.ts";
import { Problem, ProblemError } from "../problem.ts";
import type { Snapshot } from "../snapshot.ts";

const FORMATS = {
  json: { type: "application/feed+json; charset=utf-8", write: jsonFeed },
  atom: { type: "application/atom+xml; charset=utf-8", write: atomFeed },
  rss: { type: "application/rss+xml; charset=utf-8", write: rssFeed },
};

const Format = z.enum(["json", "atom", "rss"]);
type Format = z.infer<typeof Format>;

const File = z
  .string()
  .max(200)
  .regex(/^.+\.(json|atom|rss)$/, "ends in .json, .atom or .rss");
const Query = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
});

interface Subject {
  filter: ListingFilter;
  title: string;
  page: string;
}

/** `/feeds/all.{json,atom,rss}` and by source, topic, country, language. */
export const feedsRoutes: Routes = (app, context) => {
  const schema = { tags: ["feeds"], querystring: Query, response: { 400: Problem, 404: Problem } };
  for (const format of Format.options) {
    typed(app).get(
      `/feeds/all.${format}`,
      { schema: { ...schema, summary: `Everything, as ${format}` } },
      async (request, reply) =>
        context.answer(request, reply, "", async (snapshot) => {
          const subject = { filter: {}, title: context.config.portalTitle, page: "/" };
          return write(context, snapshot, subject, format, `/feeds/all.${format}`, request.query);
        }),
    );
  }

  typed(app).get(
    "/feeds/:category/:file",
    {
      schema: {
        ...schema,
        summary: "One source, topic, country or language: `/feeds/topic/smart-city.atom`",
        params: z.object({ category: z.enum(CATEGORIES), file: File }),
      },
    },
    async (request, reply) => {
      const { category, file } = request.params;
      const dot = file.lastIndexOf(".");
      const id = file.slice(0, dot);
      const format = Format.parse(file.slice(dot + 1));
      return context.answer(request, reply, "", async (snapshot) => {
        if (!isKnown(category, id, context.config, snapshot)) {
          throw new ProblemError(404, "unknown-feed", `There is no ${category} "${id}".`);
        }
        const name = nameOf(category, id, context.config, snapshot);
        const path = encodeURIComponent(id);
        const subject = {
          filter: filterOf(category, id),
          title: `${name} · ${context.config.portalTitle}`,
          page: `/${category}/${path}`,
        };
        const self = `/feeds/${category}/${path}.${format}`;
        return write(context, snapshot, subject, format, self, request.query);
      });
    },
  );
};

async function write(
  { store, config }: Context,
  { now, sources }: Snapshot,
  subject: Subject,
  format: Format,
  path: string,
  { limit, cursor }: z.infer<typeof Query>,
) {
  const before: Position | null = cursor === undefined ? null : readListingCursor(cursor);
  const page = await readListing(store, subject.filter, { limit, now, ...(before && { before }) });
  const entries = page.articles
    .map((article) => {
      const source = sources.get(article.sourceId);
      return toEntry(apiItem(article, source), source, config);
    })
    .filter((entry): entry is Entry => entry !== null);
  const address = (at: string | null) => {
    const query = new URLSearchParams({ limit: String(limit), ...(at && { cursor: at }) });
    return `${config.baseUrl}${path}?${query.toString()}`;
  };
  const home = config.baseUrl + subject.page;
  const feed: Feed = {
    id: `tag:newsgather,2026:feed${path.replace(/^\/feeds/, "").replace(/\.\w+$/, "")}`,
    title: subject.title,
    description: `News collected by ${config.portalTitle}, newest first; every entry leads to its publisher`,
    home,
    self: cursor === undefined && limit === 50 ? config.baseUrl + path : address(cursor ?? null),
    next: page.next && address(listingCursor(page.next)),
    updated: new Date(Math.max(0, ...entries.map((entry) => entry.updated.getTime()))),
    language: subject.filter.language ?? null,
    entries,
  };
  return { type: FORMATS[format].type, body: FORMATS[format].write(feed) };
}
