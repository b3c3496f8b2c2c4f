import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { cached } from "../../lib/cache.ts";
import { shortHash } from "../../lib/hash.ts";
import { clicksOf } from "../../store/publish/clicks.ts";
import { type Answer, answerer } from "./answer.ts";
import { AnswerCache } from "./cache.ts";
import type { ServerDeps } from "./config.ts";
import { type Head, headReader, type Snapshot, snapshotReader } from "./snapshot.ts";
import { createWatch, type Watch } from "./watch.ts";

/** What every route gets. */
export interface Context extends ServerDeps {
  head: () => Promise<Head>;
  snapshot: () => Promise<Snapshot>;
  /** Returns what depends on the counters, too. */
  answer: Answer<Snapshot>;
  /** The same for portal and feeds, which may be as old as `staleness` says. */
  answerSoon: Answer<Snapshot>;
  /** The same for pages, which may show today's clicks. */
  answerPage: Answer<Snapshot>;
  /** Returns what the stream and the sources alone decide. */
  answerByHead: Answer<Head>;
  /** The same for readers of the stream who don't wait for what comes, which may be a moment old. */
  answerStream: Answer<Head>;
  watch: Watch;
  now: () => Date;
}

/** How old an answer of the stream may be, ms: about as long as a change is on its way into it. */
const MOMENT = 250;

/** The dependencies with one reader of each state and one cache over all routes. */
export function makeContext(deps: ServerDeps): Context {
  const head = headReader(deps);
  const snapshot = snapshotReader(deps, head);
  const cache = new AnswerCache({ entries: 400, chars: 24_000_000 });
  const { now = () => new Date(), staleness = 0 } = deps;
  const soon = { patience: staleness, now };
  const shown = deps.config.showClicks ? followedReader(deps, snapshot) : snapshot;
  const answers = {
    answer: answerer(snapshot, cache),
    answerSoon: answerer(snapshot, cache, soon),
    answerPage: answerer(shown, cache, soon),
    answerByHead: answerer(head, cache),
    answerStream: answerer(head, cache, { patience: Math.min(staleness, MOMENT), now }),
  };
  return { ...deps, now, head, snapshot, ...answers, watch: createWatch(head) };
}

/** A group of routes. */
export type Routes = (app: FastifyInstance, context: Context) => void;

/** The server, typed by the zod schemas of its routes. */
export function typed(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}

/** How long a count is shown, ms: otherwise each click would renew pages. */
const COUNTED = 60_000;

/** Makes a reader of what pages of a portal that shows clicks stand on: with those of the day, as of the last minute. */
function followedReader(
  { store }: Pick<ServerDeps, "store">,
  read: () => Promise<Snapshot>,
): () => Promise<Snapshot> {
  const days = cached((day) => clicksOf(store, day), { ttl: COUNTED, size: 1 });
  return async () => {
    const snapshot = await read();
    const followed = await days.get(snapshot.today);
    return { ...snapshot, followed, stamp: shortHash(`${snapshot.stamp}.${followed}`) };
  };
}
