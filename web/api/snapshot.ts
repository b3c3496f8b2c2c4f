import { z } from "zod";
import { changesCursor, readSnapshotCursor, snapshotCursor } from "../../articles/stream/cursor.ts";
import { ApiItem, apiItem } from "../../articles/stream/item.ts";
import { epochAfter } from "../../model/publish/change.ts";
import { readListing } from "../../store/articles/listing.ts";
import { jsonOf } from "../server/answer.ts";
import { type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import { fieldsQuery, picker, wantedOf, wantedQuery } from "./parameters.ts";

const Query = z.object({
  cursor: z.string().max(400).optional().describe("`next_cursor` of the previous page"),
  limit: z.coerce.number().int().min(1).max(500).default(200),
  ...wantedQuery,
  ...fieldsQuery,
});

const Page = z.object({
  items: z.array(ApiItem),
  next_cursor: z.string().nullable(),
  has_more: z.boolean(),
  changes_cursor: z
    .string()
    .describe("The cursor for `/v1/changes` after the snapshot; the same on every page"),
});

export const snapshotRoutes: Routes = (app, { store, config, answerByHead }) => {
  typed(app).get(
    "/v1/snapshot",
    {
      schema: {
        summary: "All published articles, with the cursor of the changes after the snapshot",
        description:
          "Read until `has_more` is false and store each item by `id` with its `version`; then follow `/v1/changes` from `changes_cursor`. This cursor is from before the first page, so some changes arrive again: ignore those whose `version` you already have. Copies are listed too, with `duplicateOf`; a page can be shorter than `limit`.",
        tags: ["changes"],
        querystring: Query,
        response: { 200: Page, 400: Problem, 404: Problem },
      },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query;
      const pick = picker(request.query.fields);
      return answerByHead(request, reply, "", async (state) => {
        const { seq, restores, now, sources } = state;
        const where = await wantedOf(request.query, { store, config, head: async () => state });
        const at = cursor === undefined ? null : readSnapshotCursor(cursor);
        const stream = at?.stream ?? { seq, epoch: epochAfter(restores) };
        const options = { limit, now, ...(at && { before: at.list }) };
        const page = await readListing(store, { copies: true, where }, options);
        const items = page.articles.map((article) =>
          pick(apiItem(article, sources.get(article.sourceId))),
        );
        const next = page.next && snapshotCursor(stream, page.next);
        const more = { next_cursor: next, has_more: next !== null };
        return jsonOf({ items, ...more, changes_cursor: changesCursor(stream) }, page.articles);
      });
    },
  );
};
