import { z } from "zod";
import { changesCursor, readSnapshotCursor, snapshotCursor } from "../../articles/stream/cursor.ts";
import { ApiChange, ApiItem, apiItem, changesForReader } from "../../articles/stream/item.ts";
import { type Change, epochAfter } from "../../model/publish/change.ts";
import { type Filter, kindFor } from "../../model/publish/filter.ts";
import { readListing } from "../../store/articles/listing.ts";
import { readChanges } from "../../store/publish/changes.ts";
import type { Store } from "../../store/store.ts";
import type { Rendered } from "../server/answer.ts";
import { renderJson } from "../server/answer.ts";
import { type Context, type Routes, typed } from "../server/context.ts";
import { Problem } from "../server/problem.ts";
import type { Head } from "../server/snapshot.ts";
import { goneSignal, sendEvents, type Watch } from "../server/watch.ts";
import { fieldsQuery, pageOf, picker, wantedOf, wantedQuery } from "./parameters.ts";
import { checkWhole, startOf } from "./stream-position.ts";

const FORMATS = ["json", "ndjson", "sse"] as const;
type Format = (typeof FORMATS)[number];

const Query = z.object({
  cursor: z
    .string()
    .max(100)
    .optional()
    .describe(
      "`next_cursor` of the previous page, or `latest` for only new changes; default: from the first change of the stream",
    ),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(60)
    .default(0)
    .describe("Seconds to wait for a change before answering"),
  format: z.enum(FORMATS).optional().describe("Overrides the Accept header"),
  ...wantedQuery,
  ...fieldsQuery,
});

const Page = z.object({
  items: z.array(ApiChange),
  next_cursor: z.string(),
  has_more: z.boolean(),
});

const DESCRIPTION = `Read until \`has_more\` is false, store \`next_cursor\`, and send it next time. Apply changes by \`articleId\` and \`version\`: a repeated change then has no effect.

* \`Accept: application/x-ndjson\` returns one change per line, with the headers \`x-next-cursor\` and \`x-has-more\`.
* \`Accept: text/event-stream\` keeps the connection open: Server-Sent Events whose \`id\` is the cursor (\`Last-Event-ID\`) and whose \`event\` is the kind.
* With a filter, an article that begins to match arrives as \`created\`, and one that no longer matches as \`retracted\`.
* Changes are stored for a time (\`NEWSGATHER_KEEP_CHANGES\`). The response to an older cursor is 410: read \`/v1/snapshot\` then.`;

export const changesRoutes: Routes = (app, context) => {
  const { store, head, watch } = context;
  typed(app).get(
    "/v1/changes",
    {
      summary: "The stream of changes without gaps, oldest first",
      description: DESCRIPTION,
      querystring: Query,
      response: {
        200: Page,
        404: Problem,
        410: Problem,
        429: Problem,
        503: Problem,
      },
    },
    async (request, reply) => {
      const { cursor, limit, wait } = request.query;
      const filter = await wantedOf(request.query, context);
      const pick = picker(request.query.fields);
      const format = request.query.format ?? formatOf(request.headers.accept);
      const signal = goneSignal(reply);
      if (format === "sse") {
        const state = await head();
        const known = request.headers["last-event-id"];
        const after = startOf(typeof known === "string" ? known : cursor, state);
        await readPage(store, { after, limit: 1, seq: state.seq });
        watch.admit(request.ip, signal);
        return sendEvents(reply, streamEvents(context, { after, filter, signal }));
      }
      if (wait > 0) watch.admit(request.ip, signal);
      const params = { cursor, filter, limit, ms: wait * 1000, signal };
      const waited = wait > 0 ? await waitForPage(context, params) : null;
      const answer = waited ? context.answer : context.answerStream;
      return answer(request, reply, format, async (state) => {
        const start = startOf(cursor, state);
        const { seq } = state;
        const again = { after: waited?.after ?? start, limit, seq };
        const page = waited?.seq === seq ? waited : await readPage(store, again);
        return renderPage(page, { filter, state, format, pick });
      });
    },
  );
};

function formatOf(accept = ""): Format {
  if (/text\/event-stream/.test(accept)) return "sse";
  return /application\/(x-)?(ndjson|jsonl)/.test(accept) ? "ndjson" : "json";
}

function renderPage(
  { after, changes }: StreamPage,
  params: {
    filter: Filter;
    state: Head;
    format: Format;
    pick: ReturnType<typeof picker>;
  },
): Rendered {
  const { filter, state, format, pick } = params;
  const last = changes.at(-1)?.seq ?? after;
  const shown = changesForReader(changes, filter, state.sources);
  const items = shown.map(({ item, ...change }) => ({ ...change, item: item && pick(item) }));
  const usage = shown.flatMap(({ item }) => (item ? [item.rights] : []));
  const epoch = epochAfter(state.restores);
  const page = { next_cursor: changesCursor({ seq: last, epoch }), has_more: last < state.seq };
  if (format === "json") {
    const type = "application/json; charset=utf-8";
    return { type, body: JSON.stringify({ items, ...page }), usage };
  }
  return {
    type: "application/x-ndjson; charset=utf-8",
    headers: { "x-next-cursor": page.next_cursor, "x-has-more": String(page.has_more) },
    body: items.map((item) => `${JSON.stringify(item)}\n`).join(""),
    usage,
  };
}

const CHANGES_PER_READ = 500;

interface StreamPage {
  after: number;
  changes: Change[];
  seq: number;
}

async function readPage(
  store: Store,
  { after, limit, seq }: { after: number; limit: number; seq: number },
): Promise<StreamPage> {
  const changes = seq > after ? await readChanges(store, after, limit) : [];
  checkWhole(changes, after, seq);
  return { after, changes, seq };
}

type Streaming = Pick<Context, "store" | "head"> & { watch: Pick<Watch, "beyond" | "closing"> };

async function waitForPage(
  { store, head, watch }: Streaming,
  params: {
    cursor: string | undefined;
    filter: Filter;
    limit: number;
    ms: number;
    signal: AbortSignal;
  },
): Promise<StreamPage> {
  const { filter, limit, signal } = params;
  const until = Date.now() + params.ms;
  let { seq, restores } = await head();
  let after = startOf(params.cursor, { seq, restores });
  for (let size = limit; ; size = CHANGES_PER_READ) {
    const { changes } = await readPage(store, { after, limit: size, seq });
    const first = changes.findIndex((change) => kindFor(change, filter) !== null);
    if (first >= 0)
      return { after: after + first, changes: changes.slice(first, first + limit), seq };
    after = changes.at(-1)?.seq ?? after;
    const over = () => Date.now() >= until || signal.aborted || watch.closing.aborted;
    if (after >= seq && !over()) await watch.beyond(after, until - Date.now(), signal);
    if (over()) return { after, changes: [], seq };
    ({ seq } = await head());
  }
}

const HEARTBEAT_INTERVAL_MS = 15_000;
/** A reader must reconnect after this time, because permissions are checked only on connecting. */
const MAX_CONNECTION_MS = 15 * 60_000;
const EVENTS_PER_READ = 100;

/**
 * Yields changes as Server-Sent Events (WHATWG HTML section 9.2). `id` is the cursor, which
 * browsers send back as `Last-Event-ID`.
 */
export async function* streamEvents(
  { store, head, watch }: Streaming,
  { filter, ...reader }: { after: number; filter: Filter; signal: AbortSignal },
): AsyncGenerator<string> {
  const ends = Date.now() + MAX_CONNECTION_MS;
  const signal = AbortSignal.any([reader.signal, watch.closing]);
  let { after } = reader;
  yield "retry: 2000\n\n";
  while (!signal.aborted && Date.now() < ends) {
    const { seq, restores, sources } = await head();
    const { changes } = await readPage(store, { after, limit: EVENTS_PER_READ, seq });
    const cursorOf = (at: number) => changesCursor({ seq: at, epoch: epochAfter(restores) });
    const visible = changesForReader(changes, filter, sources);
    for (const change of visible) {
      const data = JSON.stringify(change);
      yield `id: ${cursorOf(change.seq)}\nevent: ${change.kind}\ndata: ${data}\n\n`;
    }
    const last = changes.at(-1)?.seq ?? after;
    // An `id` without data moves a reader past excluded changes.
    if (last > (visible.at(-1)?.seq ?? after)) yield `id: ${cursorOf(last)}\n\n`;
    after = last;
    if (after < seq) continue;
    await watch.beyond(after, HEARTBEAT_INTERVAL_MS, signal);
    if (!signal.aborted) yield ": alive\n\n";
  }
}

const SnapshotQuery = z.object({
  cursor: z.string().max(400).optional().describe("`next_cursor` of the previous page"),
  limit: z.coerce.number().int().min(1).max(500).default(200),
  ...wantedQuery,
  ...fieldsQuery,
});

const SnapshotPage = pageOf(ApiItem).extend({
  changes_cursor: z
    .string()
    .describe(
      "The cursor from which to continue with `/v1/changes` after the snapshot; the same on every page",
    ),
});

export const snapshotRoutes: Routes = (app, { store, config, answer }) => {
  typed(app).get(
    "/v1/snapshot",
    {
      summary: "All published articles, with the cursor of the changes after the snapshot",
      description:
        "Read until `has_more` is false and store each item by `id` with its `version`; then follow `/v1/changes` from `changes_cursor`. This cursor is from before the first page, so some changes arrive again: ignore those whose `version` you already have. Copies are listed too, with `duplicateOf`; a page can be shorter than `limit`.",
      querystring: SnapshotQuery,
      response: { 200: SnapshotPage, 404: Problem },
    },
    async (request, reply) => {
      const { cursor, limit } = request.query;
      const pick = picker(request.query.fields);
      return answer(request, reply, "", async (state) => {
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
        return renderJson({ items, ...more, changes_cursor: changesCursor(stream) }, page.articles);
      });
    },
  );
};
