import type { FastifyInstance } from "fastify";
import { Registry } from "prom-client";
import type { Store } from "../../store/store.ts";
import type { Check, ServerDeps } from "../../web/server/config.ts";
import { createServer } from "../../web/server.ts";

/** The current time on the portal. */
export const PORTAL_NOW = new Date("2026-11-25T12:00:00Z");

const nothing = {} as never;

/** Returns the portal for a store, not listening: use `inject`. */
export function makePortal(
  store: Store,
  overrides: Partial<ServerDeps> = {},
): Promise<FastifyInstance> {
  const checks: Check[] = [{ name: "store", ok: true, detail: "answers" }];
  return createServer({
    store,
    config: {
      portalTitle: "City Portal",
      baseUrl: "http://portal.example",
      timezone: "Europe/Berlin",
      topicNames: { "smart-city": "Smart cities", egov: "eGovernment" },
      version: "0.0.0",
    },
    checks: async () => checks,
    metrics: new Registry(),
    webhooks: nothing,
    exports: { folder: import.meta.dirname, producer: nothing },
    sources: nothing,
    now: () => PORTAL_NOW,
    ...overrides,
  });
}

/** Headers of a browser. */
export const BROWSER = { accept: "text/html,application/xhtml+xml" };
