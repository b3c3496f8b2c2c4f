import { randomUUID } from "node:crypto";
import cors, { type FastifyCorsOptions } from "@fastify/cors";
import helmet from "@fastify/helmet";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import fastify, {
  type FastifyInstance,
  type FastifyRequest,
  type FastifySchemaCompiler,
  LogController,
} from "fastify";
import { jsonSchemaTransform, serializerCompiler } from "fastify-type-provider-zod";
import { z } from "zod";
import { nearest } from "../lib/nearest.ts";
import { explain, invalidRequest, ProblemError } from "../model/problem.ts";
import { articlesRoutes } from "./api/articles.ts";
import { capturesRoutes } from "./api/captures.ts";
import { changesRoutes, snapshotRoutes } from "./api/changes.ts";
import { clicksRoutes } from "./api/clicks.ts";
import { consumersRoutes } from "./api/consumers.ts";
import { coverageRoutes } from "./api/coverage.ts";
import { addExamples } from "./api/examples.ts";
import { exportsRoutes } from "./api/exports.ts";
import { previewsRoutes } from "./api/previews.ts";
import { revisionsRoutes } from "./api/revisions.ts";
import { searchRoutes } from "./api/searches.ts";
import { sourcesRoutes } from "./api/sources.ts";
import { statisticsRoutes } from "./api/statistics.ts";
import { storiesRoutes } from "./api/stories.ts";
import { viewsRoutes } from "./api/views.ts";
import { webhooksRoutes } from "./api/webhooks.ts";
import { ASSETS, assetsRoutes } from "./assets.ts";
import { isRead, neededFor, SECURITY_SCHEMES, securityOf } from "./auth/access.ts";
import { feedsRoutes } from "./feeds/routes.ts";
import { sitemapsRoutes } from "./feeds/sitemaps.ts";
import { digestRoutes } from "./portal/digest.ts";
import { pagesRoutes, problemPage } from "./portal/routes.ts";
import { searchPageRoutes } from "./portal/search.ts";
import { statusRoutes } from "./portal/status.ts";
import { sendJson } from "./server/answer.ts";
import type { ServerDeps } from "./server/config.ts";
import { makeContext } from "./server/context.ts";
import { healthRoutes } from "./server/health.ts";
import { IDEMPOTENCY_KEY, isWrite, keepIdempotencyRecords } from "./server/idempotency.ts";
import { answerProblems, Problem } from "./server/problem.ts";

const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    formAction: ["'self'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** The sections of the API's description, and the paths in each. */
const SECTIONS = {
  changes: /^\/v1\/(changes|snapshot)/,
  consumers: /^\/v1\/consumers/,
  webhooks: /^\/v1\/webhooks/,
  views: /^\/v1\/views/,
  articles: /^\/v1\/(articles|clicks|search|stories)/,
  sources: /^\/v1\/(coverage|previews|sources)/,
  captures: /^\/v1\/captures/,
  exports: /^\/v1\/exports/,
  statistics: /^\/v1\/statistics/,
  feeds: /^\/(feeds|sitemap)/,
  health: /^\/(healthz|metrics|readyz)/,
};

function describeRoute({ publicReading = true }: ServerDeps): typeof jsonSchemaTransform {
  return (input) => {
    const [method = "GET"] = [input.route.method].flat();
    const security = securityOf(method, input.url, { publicReading });
    const isClosed = security.length > 0 && !security.some((way) => Object.keys(way).length === 0);
    const problems = input.url.startsWith("/v1/") && {
      400: Problem,
      ...(isClosed && { 401: Problem, 403: Problem }),
    };
    const answers = { ...problems, ...(input.schema.response as object) };
    const { schema, url } = jsonSchemaTransform({
      ...input,
      schema: { ...input.schema, response: answers },
    });
    const headers = { type: "object", properties: { "idempotency-key": IDEMPOTENCY_KEY } };
    const tags = Object.entries(SECTIONS).flatMap(([name, paths]) => (paths.test(url) ? name : []));
    return { schema: { ...schema, tags, security, ...(isWrite(method, url) && { headers }) }, url };
  };
}

const HSTS_MAX_AGE_S = 180 * 86_400;

const DOCS_POLICY = {
  "default-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "base-uri": ["'none'"],
  "object-src": ["'none'"],
  "frame-ancestors": ["'none'"],
};

/** Returns the HTTP server with the portal, feeds and API. The server doesn't listen yet. */
export async function createServer(deps: ServerDeps): Promise<FastifyInstance> {
  const app = fastify({
    ...(deps.logger ? { loggerInstance: deps.logger } : { logger: false }),
    // Errors are logged where they are answered. A line per request would hide them.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    // On a busy machine, registering all routes can take more than 10 s; the supervisor limits the
    // time to start.
    pluginTimeout: 0,
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 300 },
    trustProxy: deps.trustProxy?.length ? deps.trustProxy : false,
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  refuseUnknownParameters(app);
  const paths = new Set<string>();
  app.addHook("onRoute", ({ url }) => {
    if (url.startsWith("/v1/") && !url.includes(":")) paths.add(url);
  });
  const context = makeContext(deps);
  app.addHook("preClose", async () => context.watch.close());
  answerProblems(app, problemPage(context));
  // Before the gate, because preflight requests have no key.
  await app.register(cors, {
    hook: "onRequest",
    delegator: (request, done) =>
      done(null, allowsCors(request) ? CORS_OPTIONS : { origin: false }),
  });
  await deps.gate?.(app);
  keepIdempotencyRecords(app, context);

  await app.register(helmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    // Publishers can see which portal a reader came from.
    referrerPolicy: { policy: "strict-origin-when-cross-origin" },
    strictTransportSecurity: deps.config.baseUrl.startsWith("https:") && {
      maxAge: HSTS_MAX_AGE_S,
      // Subdomains might belong to others.
      includeSubDomains: false,
    },
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: deps.config.portalTitle, version: deps.config.version },
      tags: Object.keys(SECTIONS).map((name) => ({ name })),
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    transform: describeRoute(deps),
    transformObject: (input) => addExamples("openapiObject" in input ? input.openapiObject : {}),
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: DOCS_POLICY,
    logo: { type: "image/svg+xml", content: ASSETS["icon.svg"].body },
    theme: { title: `API · ${deps.config.portalTitle}` },
  });

  app.get("/openapi.json", { schema: { hide: true } }, async (_, reply) =>
    sendJson(reply.header("cache-control", "no-cache"), app.swagger()),
  );

  healthRoutes(app, context);
  changesRoutes(app, context);
  snapshotRoutes(app, context);
  consumersRoutes(app, context);
  webhooksRoutes(app, context);
  viewsRoutes(app, context);
  articlesRoutes(app, context);
  revisionsRoutes(app, context);
  capturesRoutes(app, context);
  exportsRoutes(app, context);
  sourcesRoutes(app, context);
  coverageRoutes(app, context);
  previewsRoutes(app, context);
  statisticsRoutes(app, context);
  storiesRoutes(app, context);
  searchRoutes(app, context);
  searchPageRoutes(app, context);
  digestRoutes(app, context);
  statusRoutes(app, context);
  feedsRoutes(app, context);
  sitemapsRoutes(app, context);
  assetsRoutes(app, context);
  clicksRoutes(app, context);
  pagesRoutes(app, context);
  for (const plugin of deps.plugins ?? []) await app.register(plugin);
  app.setNotFoundHandler(({ url }) => {
    const near = nearest(url.replace(/\?.*$/s, ""), paths);
    const hint = near === null ? "" : ` Did you mean ${near}?`;
    throw new ProblemError(404, "not-found", `There is nothing at this URL.${hint}`);
  });
  return app;
}

const CORS_PATHS = /^\/(v1|feeds)\/|^\/(openapi|docs\/json)(\.json)?($|\?)/;

const ALLOWED_HEADERS =
  "authorization x-api-key if-none-match if-modified-since cache-control last-event-id range content-type";
const EXPOSED_HEADERS =
  "etag link location retry-after x-next-cursor x-has-more content-disposition content-digest repr-digest content-range ratelimit-limit ratelimit-remaining ratelimit-reset";
/** No browser accepts a longer time. */
const PREFLIGHT_MAX_AGE_S = 86_400;

const CORS_OPTIONS: FastifyCorsOptions = {
  origin: "*",
  // Sessions are cookies. Without cookies, no other site can read or do anything in a user's name.
  credentials: false,
  methods: ["GET", "HEAD"],
  allowedHeaders: ALLOWED_HEADERS.split(" "),
  exposedHeaders: EXPOSED_HEADERS.split(" "),
  maxAge: PREFLIGHT_MAX_AGE_S,
};

function allowsCors(request: FastifyRequest): boolean {
  const { method, headers, url, routeOptions } = request;
  if (!CORS_PATHS.test(url)) return false;
  if (method === "OPTIONS") return isRead(String(headers["access-control-request-method"]));
  if (!isRead(method)) return false;
  if (headers.authorization !== undefined || headers["x-api-key"] !== undefined) return true;
  // While no user or key exists, pages that need `read` are open on loopback, but not to scripts on
  // other sites.
  const needed = routeOptions.url === undefined ? "anyone" : neededFor(method, routeOptions.url);
  return needed === "anyone" || needed === "reader";
}

const NOUNS: Record<string, string> = { querystring: "parameter", params: "part of the path" };

const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart, url }) => {
  const noun = NOUNS[httpPart ?? ""] ?? "field";
  const wantsValues = httpPart === "querystring" && isOfApi(url ?? "");
  return (value: unknown) => {
    const empty = wantsValues ? emptyNames(value) : [];
    if (empty.length > 0) {
      const detail = empty.map(
        (name) => `${name} is empty. Give ${name} a value, or omit ${name}.`,
      );
      return { error: invalidRequest(detail.join(" ")) };
    }
    const read = schema.safeParse(value);
    if (read.success) return { value: read.data };
    const detail = explain(read.error, { schema, input: value, noun });
    return { error: invalidRequest(detail) };
  };
};

/** Refuses unknown parameters of the API: a misspelt filter would return everything. */
function refuseUnknownParameters(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    // Newsletters and trackers add parameters to links to pages and feeds.
    if (!isOfApi(route.url)) return;
    const { querystring = z.object({}) } = route.schema ?? {};
    if (!(querystring instanceof z.ZodObject)) throw new TypeError(`${route.url}: no object`);
    route.schema = { ...route.schema, querystring: querystring.strict() };
  });
}

function isOfApi(path: string): boolean {
  return path.startsWith("/v1/");
}

function emptyNames(values: unknown): string[] {
  return Object.entries(values ?? {})
    .filter(([, value]) => typeof value === "string" && value.trim() === "")
    .map(([name]) => name);
}
