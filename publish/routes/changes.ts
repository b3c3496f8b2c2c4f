import { z } from "zod";
import type { Change } from "../../model/change.ts";
import { REVISION_KINDS, type RevisionKind } from "../../model/revision.ts";
import { readChanges } from "../../store/changes.ts";
import type { Rendered } from "../cache.ts";
import { type Routes, typed } from "../context.ts";
import { changesCursor, readChangesCursor } from "../cursor.ts";
import { ApiItem, withinRights } from "../item.ts";
import { Problem, ProblemError } from "../problem.ts";
import type { Snapshot } from "../snapshot.ts";

const Query = z.object({
  cursor: z
    .string()
    .max(100)
    .optional()
    .describe(
      "`next_cursor` of the page before; absent: from the start; `latest`: only what comes",
    ),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  format: z.enum(["json", "ndjson"]).optional().describe("Wins over the Accept header"),
});

const REVISION_NAMES = Object.keys(REVISION_KINDS) as [RevisionKind, ...RevisionKind[]];

const ApiChange = z.object({
  seq: z
    .int()
    .describe(
      "Grows; numbers are left out where readers could see the article neither before nor after",
    ),
  kind: z.enum(["created", "updated", "retracted", "merged"]),
  articleId: z.string(),
  version: z.int(),
  at: z.iso.datetime(),
  revision: z
    .object({ revision: z.int(), kind: z.enum(REVISION_NAMES), because: z.string() })
    .nullable()
    .describe("What changed in the article itself; null where headline and text are as they were"),
  item: ApiItem.nullable().describe("null when the article was retracted"),
});

const Page = z.object({
  items: z.array(ApiChange),
  next_cursor: z.string(),
  has_more: z.boolean(),
});

/** `GET /v1/changes`: the gap-free stream of what readers can see. */
export const changesRoutes: Routes = (app, { store, answer }) => {
  typed(app).get(
    "/v1/changes",
    {
      schema: {
        summary: "The gap-free stream of changes, oldest first",
        description:
          "Read until `has_more` is false, keep `next_cursor`, come back with it. Apply changes by `articleId` and `version`: a repeated one is harmless. `Accept: application/x-ndjson` gives one change a line, with `x-next-cursor` and `x-has-more` in the header.",
        tags: ["changes"],
        querystring: Query,
        response: { 200: Page, 400: Problem, 410: Problem },
      },
    },
    async (request, reply) => {
      const { cursor, limit, format } = request.query;
      const lines = format ? format === "ndjson" : wantsLines(request.headers.accept);
      return answer(request, reply, lines ? "ndjson" : "json", async (snapshot) => {
        const after = startOf(cursor, snapshot);
        const changes = await readChanges(store, after, limit);
        checkWhole(changes, after, snapshot.seq);
        return render(changes, after, snapshot, lines);
      });
    },
  );
};

function wantsLines(accept = ""): boolean {
  return /application\/(x-)?(ndjson|jsonl)/.test(accept);
}

function startOf(cursor: string | undefined, { seq, restores }: Snapshot): number {
  if (cursor === undefined) return 0;
  if (cursor === "latest") return seq;
  const after = readChangesCursor(cursor);
  // A backup took the store's place: what stood behind its head then is not what stands there now.
  const kept = Math.min(...restores.slice(after.epoch), Number.POSITIVE_INFINITY);
  if (after.seq > kept) throw expired("The store was restored from an older backup.");
  if (after.seq <= seq && after.epoch <= restores.length) return after.seq;
  const detail = "This cursor is ahead of the stream: it belongs to another store.";
  throw new ProblemError(400, "bad-cursor", detail);
}

function checkWhole(changes: Change[], after: number, head: number): void {
  const whole = changes[0] ? changes[0].seq === after + 1 : after >= head;
  if (whole) return;
  throw expired("Changes behind this cursor are no longer kept.");
}

function expired(why: string): ProblemError {
  const next =
    "Ask /v1/changes?cursor=latest for a new cursor, read all of /v1/articles, then go on from that cursor.";
  return new ProblemError(410, "cursor-expired", `${why} ${next}`);
}

function render(changes: Change[], after: number, snapshot: Snapshot, lines: boolean): Rendered {
  const last = changes.at(-1)?.seq ?? after;
  const items = changes.flatMap(({ seq, kind, articleId, version, before, at, item, ...more }) => {
    const now = item.status === "published" && !item.erased;
    const was = before?.status === "published";
    if (!now && !was) return [];
    const source = snapshot.sources.get(item.sourceId);
    const about = { articleId, version, at, revision: more.revision ?? null };
    if (!now) return { seq, kind: "retracted", ...about, item: null };
    const given = withinRights(item, source);
    return { seq, kind: was ? kind : "created", ...about, item: given };
  });
  const { length: epoch } = snapshot.restores;
  const page = { next_cursor: changesCursor({ seq: last, epoch }), has_more: last < snapshot.seq };
  if (!lines) {
    const type = "application/json; charset=utf-8";
    return { type, body: JSON.stringify({ items, ...page }) };
  }
  return {
    type: "application/x-ndjson; charset=utf-8",
    headers: { "x-next-cursor": page.next_cursor, "x-has-more": String(page.has_more) },
    body: items.map((item) => `${JSON.stringify(item)}\n`).join(""),
  };
}
