import { z } from "zod";
import { type Filter, passes } from "../../model/filter.ts";
import { toVisible } from "../../model/item.ts";
import { type ListingFilter, readListing } from "../../store/listing.ts";
import { type Routes, typed } from "../context.ts";
import { changesCursor, readSnapshotCursor, snapshotCursor } from "../cursor.ts";
import { filterQuery, toFilter } from "../filter-query.ts";
import { ApiItem, apiItem } from "../item.ts";
import { Problem } from "../problem.ts";

const Query = z.object({
  cursor: z.string().max(400).optional().describe("`next_cursor` of the page before"),
  limit: z.coerce.number().int().min(1).max(500).default(200),
  ...filterQuery,
});

const Page = z.object({
  items: z.array(ApiItem),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
  changes_cursor: z
    .string()
    .describe("Where `/v1/changes` goes on once the snapshot is read; the same on every page"),
});

/** `GET /v1/snapshot`: everything that is published, to start a copy with. */
export const snapshotRoutes: Routes = (app, { store, answerByHead }) => {
  typed(app).get(
    "/v1/snapshot",
    {
      schema: {
        summary: "Everything that is published, and from where the change stream goes on",
        description:
          "Read until `has_more` is false and store each item by `id` with its `version`; then follow `/v1/changes` from `changes_cursor`. That cursor was taken before the first page, so what changed meanwhile comes again there: a change whose `version` you have is nothing new. Copies are listed too, with `duplicateOf`; a page may be shorter than `limit`.",
        tags: ["changes"],
        querystring: Query,
        response: { 200: Page, 400: Problem },
      },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query;
      const filter = toFilter(request.query);
      return answerByHead(request, reply, "", async ({ seq, restores, now, sources }) => {
        const at = cursor === undefined ? null : readSnapshotCursor(cursor);
        const stream = at?.stream ?? { seq, epoch: restores.length };
        const asked = { limit, now, ...(at && { before: at.list }) };
        const page = await readListing(store, listingOf(filter), asked);
        const items = page.articles
          .filter((article) => passes(filter, toVisible(article)))
          .map((article) => apiItem(article, sources.get(article.sourceId)));
        const next = page.next && snapshotCursor(stream, page.next);
        const more = { next_cursor: next, has_more: next !== null };
        const body = { items, ...more, changes_cursor: changesCursor(stream) };
        return { type: "application/json; charset=utf-8", body: JSON.stringify(body) };
      });
    },
  );
};

/** What one index can narrow of a filter; the rest is left to `passes`. */
function listingOf({ source, topic, country, language }: Filter): ListingFilter {
  const only = (values?: string[]) => (values?.length === 1 ? values[0] : undefined);
  const [sourceId, oneTopic, land, tongue] = [source, topic, country, language].map(only);
  return {
    copies: true,
    ...(sourceId !== undefined && { sourceId }),
    ...(oneTopic !== undefined && { topic: oneTopic }),
    ...(land !== undefined && { country: land }),
    ...(tongue !== undefined && { language: tongue }),
  };
}
