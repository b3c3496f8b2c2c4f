import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Queue } from "bullmq";
import type { FastifyPluginAsync } from "fastify";

const PATH = "/admin/queues/board";
/** Its scripts and styles; it would look for them by an `eval` that works in no module. */
const UI = dirname(createRequire(import.meta.url).resolve("@bull-board/ui/package.json"));

/** An application of its own: scripts and styles, but only ours, and nothing from elsewhere. */
const POLICY =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/** bull-board over the queues, to look at alone: what is done about links and runs is done on our own pages. */
export function boardOf(queues: readonly Queue[]): FastifyPluginAsync {
  return async (app) => {
    const [{ createBullBoard }, { BullMQAdapter }, { FastifyAdapter }] = await Promise.all([
      import("@bull-board/api"),
      import("@bull-board/api/bullMQAdapter"),
      import("@bull-board/fastify"),
    ]);
    const serverAdapter = new FastifyAdapter();
    serverAdapter.setBasePath(PATH);
    const shown = queues.map((queue) => new BullMQAdapter(queue, { readOnlyMode: true }));
    createBullBoard({
      queues: shown,
      serverAdapter,
      options: { uiBasePath: UI, uiConfig: { boardTitle: "Queues" } },
    });
    app.addHook("onSend", async (_, reply) => {
      reply.header("content-security-policy", POLICY);
    });
    const register = serverAdapter.registerPlugin();
    await app.register(
      async (board, options) => {
        // Its own handler would make an internal error of whoever isn't let in: ours stays.
        Object.assign(board, { setErrorHandler: () => board });
        await new Promise<void>((resolve) => register(board, options, () => resolve()));
      },
      { prefix: PATH },
    );
  };
}
