import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { type Answer, answerer } from "./answer.ts";
import type { ServerDeps } from "./config.ts";
import { type Snapshot, snapshotReader } from "./snapshot.ts";

/** What every route gets. */
export interface Context extends ServerDeps {
  snapshot: () => Promise<Snapshot>;
  answer: Answer;
}

/** The dependencies with one snapshot reader and one cache over all routes. */
export function makeContext(deps: ServerDeps): Context {
  const snapshot = snapshotReader(deps);
  return { ...deps, snapshot, answer: answerer(snapshot) };
}

/** A group of routes. */
export type Routes = (app: FastifyInstance, context: Context) => void;

/** The server, typed by the zod schemas of its routes. */
export function typed(app: FastifyInstance) {
  return app.withTypeProvider<ZodTypeProvider>();
}
