import type {
  ContextConfigDefault,
  FastifyInstance,
  FastifySchema,
  HTTPMethods,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
  RouteShorthandOptions,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { cached } from "../../lib/async.ts";
import { shortHash } from "../../lib/text.ts";
import { clicksOf } from "../../store/publish/clicks.ts";
import { type Answer, AnswerCache, answerer } from "./answer.ts";
import type { ServerDeps } from "./config.ts";
import { type Head, headReader, type Snapshot, snapshotReader } from "./snapshot.ts";
import { createWatch, type Watch } from "./watch.ts";

/** What every route can use. */
export interface Context extends ServerDeps {
  head: () => Promise<Head>;
  snapshot: () => Promise<Snapshot>;
  /** Answers with the newest state of the stream, sources, views and restores. */
  answer: Answer<Head>;
  /** Like `answer`, with data up to 250 ms old; for requests that don't wait for changes. */
  answerStream: Answer<Head>;
  /** Answers with data that can be up to `staleness` ms old; for feeds and sitemaps. */
  answerSoon: Answer<Snapshot>;
  /** Answers like `answerSoon`, but with today's number of clicks if the portal shows clicks. */
  answerPage: Answer<Snapshot>;
  watch: Watch;
  now: () => Date;
}

const MAX_STREAM_STALENESS_MS = 250;

export function makeContext(options: ServerDeps): Context {
  const { now = () => new Date(), staleness = 0 } = options;
  const deps = { ...options, now };
  const head = headReader(deps);
  const snapshot = snapshotReader(deps, head);
  const shown = deps.config.showClicks ? followedReader(deps, snapshot) : snapshot;
  const cache = new AnswerCache({ entries: 400, chars: 24_000_000 });
  const soon = { patience: staleness, now };
  const verySoon = { patience: Math.min(staleness, MAX_STREAM_STALENESS_MS), now };
  return {
    ...deps,
    head,
    snapshot,
    answer: answerer(head, cache),
    answerStream: answerer(head, cache, verySoon),
    answerSoon: answerer(snapshot, cache, soon),
    answerPage: answerer(shown, cache, soon),
    watch: createWatch(head),
  };
}

export type Routes = (app: FastifyInstance, context: Context) => void;

/** Handles requests of a route, with types from its zod schemas. */
type Handler<Schema extends FastifySchema> = RouteHandlerMethod<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  RouteGenericInterface,
  ContextConfigDefault,
  Schema,
  ZodTypeProvider
>;

/** Returns functions that add routes. `options` apply to all these routes. */
export function typed(
  app: FastifyInstance,
  options: Pick<RouteShorthandOptions, "config" | "preHandler"> = {},
) {
  const addRoute =
    (method: HTTPMethods) =>
    <Schema extends FastifySchema>(url: string, schema: Schema, handler: Handler<Schema>) => {
      const route = { ...options, method, url, schema, handler };
      app.withTypeProvider<ZodTypeProvider>().route(route);
    };
  return {
    get: addRoute("GET"),
    post: addRoute("POST"),
    put: addRoute("PUT"),
    patch: addRoute("PATCH"),
    delete: addRoute("DELETE"),
  };
}

/** Without this cache, each click would outdate all cached pages. */
const CLICKS_CACHE_TTL_MS = 60_000;

function followedReader(
  { store }: Pick<ServerDeps, "store">,
  read: () => Promise<Snapshot>,
): () => Promise<Snapshot> {
  const days = cached((day) => clicksOf(store, day), { ttl: CLICKS_CACHE_TTL_MS, size: 1 });
  return async () => {
    const snapshot = await read();
    const followed = await days.get(snapshot.today);
    return { ...snapshot, followed, stamp: shortHash(`${snapshot.stamp}.${followed}`) };
  };
}
