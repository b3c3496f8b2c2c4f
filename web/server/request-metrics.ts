import type { FastifyInstance } from "fastify";
import { Histogram, type Registry } from "prom-client";

type Surface = "api" | "stream" | "feeds" | "admin" | "portal" | "nothing";

const SURFACES: readonly [RegExp, Surface][] = [
  [/^\/v1\/changes/, "stream"],
  [/^\/(?:v1|docs)\b/, "api"],
  [/^\/feeds\b/, "feeds"],
  [/^\/admin\b/, "admin"],
];
const UNMEASURED_PATHS = /^\/(?:healthz|readyz|metrics)$/;

/** Measures response times. Call it before the server has any routes. */
export function measureRequests(app: FastifyInstance, registry: Registry): void {
  const seconds = new Histogram({
    name: "newsgather_request_seconds",
    help: "Duration of requests to portal, API and admin, by surface and class of status",
    labelNames: ["surface", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers: [registry],
  });
  app.addHook("onResponse", async ({ routeOptions: { url } }, { statusCode, elapsedTime }) => {
    if (url !== undefined && UNMEASURED_PATHS.test(url)) return;
    const status = `${Math.floor(statusCode / 100)}xx`;
    seconds.observe({ surface: surfaceOf(url), status }, elapsedTime / 1000);
  });
}

function surfaceOf(route: string | undefined): Surface {
  if (route === undefined) return "nothing";
  return SURFACES.find(([begin]) => begin.test(route))?.[1] ?? "portal";
}
