import { z } from "zod";
import { within } from "../../lib/async.ts";
import { may } from "../auth/access.ts";
import { type Routes, typed } from "./context.ts";

const Health = z.object({ status: z.literal("ok"), version: z.string() });
const Ready = z.object({
  status: z.enum(["ready", "not-ready"]),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string() })),
});

const CHECKS_TIMEOUT_MS = 5_000;

export const healthRoutes: Routes = (app, { checks, metrics, config }) => {
  const api = typed(app);

  api.get(
    "/healthz",
    { summary: "The process is running", response: { 200: Health } },
    async () => ({ status: "ok" as const, version: config.version }),
  );

  api.get(
    "/readyz",
    {
      summary: "Store and queues are reachable, and the change stream is up to date",
      description: "Only readers with the right `read` see the individual checks.",
      response: { 200: Ready, 503: Ready },
    },
    async (request, reply) => {
      const results = await within(CHECKS_TIMEOUT_MS, checks(), "checks").catch(
        (error: unknown) => [
          { name: "checks", ok: false, detail: error instanceof Error ? error.message : "failed" },
        ],
      );
      const ready = results.every((check) => check.ok);
      reply.code(ready ? 200 : 503).header("cache-control", "no-store");
      // An error message can contain names of internal hosts.
      const shown = request.actor && !may(request, "read") ? [] : results;
      return { status: ready ? ("ready" as const) : ("not-ready" as const), checks: shown };
    },
  );

  api.get("/metrics", { summary: "Prometheus metrics" }, async (_, reply) =>
    reply
      .header("content-type", metrics.contentType)
      .header("cache-control", "no-store")
      .send(await metrics.metrics()),
  );
};
