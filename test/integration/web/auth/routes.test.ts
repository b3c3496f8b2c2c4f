import { Validator } from "@seriousme/openapi-schema-validator";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PAGES } from "../../../../web/admin/pages.ts";
import { CLOSED_PATHS, neededFor, ROUTES } from "../../../../web/auth/access.ts";
import { startTestDatabase, type TestDatabase } from "../../../helpers/database.ts";
import { newKey, openGated } from "../../../helpers/gated.ts";
import { routesOf } from "../../../helpers/routes.ts";

let database: TestDatabase;
let app: FastifyInstance;
let routes: string[];
let headers: { authorization: string };
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  const store = await database.open("routes");
  app = await openGated(store);
  await app.ready();
  routes = routesOf(app);
  headers = { authorization: `Bearer ${await newKey(store, "admin")}` };
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

test("each route that writes has its right in the table, and each of the admin in the table or in its page", () => {
  expect(routes).toEqual(expect.arrayContaining(["GET /admin", "GET /v1/articles/:id", "GET /"]));
  const guarded = routes.filter((route) => /^(GET \/admin|(?!GET|HEAD|OPTIONS))/.test(route));
  expect(guarded.length).toBeGreaterThan(4);
  const ofPages = PAGES.flatMap(({ path, actions = [], files = [] }) => [
    `GET ${path}`,
    ...actions.map((action) => `POST ${action.path}`),
    ...files.map((file) => `GET ${file.path}`),
  ]);
  const listed = new Set([...Object.keys(ROUTES), ...ofPages]);
  const ofBullBoard = /\/admin\/queues\/board/;
  expect(guarded.filter((route) => !listed.has(route) && !ofBullBoard.test(route))).toEqual([]);
  expect(Object.keys(ROUTES).filter((route) => !routes.includes(route))).toEqual([]);
});

test.each(CLOSED_PATHS)("reading at or below %s needs its right", (path) => {
  const pattern = new RegExp(`^GET (${path}(/.*)?)$`);
  const served = routes.flatMap((route) => pattern.exec(route)?.[1] ?? []);
  expect(served).not.toEqual([]);
  expect(served.map((route) => neededFor("GET", route))).toEqual(served.map(() => "read"));
  expect(neededFor("GET", `${path}s`)).toBe("reader");
});

test("a route that nobody thought of is an administrator's", () => {
  expect(neededFor("GET", "/admin/new")).toBe("admin");
  expect(neededFor("DELETE", "/v1/articles/:id")).toBe("admin");
  expect(neededFor("HEAD", "/metrics")).toBe("read");
  expect(neededFor("GET", "/administrators")).toBe("reader");
});

const ofApi = () =>
  routes
    .filter((route) => /^(?!OPTIONS)\w+ \/v1\//.test(route))
    .map((route) => route.split(" ") as ["GET" | "POST" | "PUT" | "PATCH" | "DELETE", string])
    .map(([method, path]) => ({
      method,
      url: path.replace(":name", "volume").replace(/:\w+/g, "some-id"),
    }));

test("each route of the API names a parameter that it doesn't know, with the nearest one", async () => {
  const asked = ofApi();
  expect(asked.length).toBeGreaterThan(30);
  for (const { method, url } of asked) {
    // A body is looked at before the address; what a HEAD is answered shows only its status.
    if (method === "POST" || method === "PUT" || method === "PATCH") continue;
    const answer = await app.inject({ method, url: `${url}?tpoic=x`, headers });
    expect([method, url, answer.statusCode]).toEqual([method, url, 400]);
    if (answer.body === "") continue;
    expect([url, answer.json().detail]).toEqual([
      url,
      expect.stringContaining('There is no parameter "tpoic"'),
    ]);
  }
  const typo = await app.inject({ url: "/v1/articles?tpoic=x", headers });
  expect(typo.json().detail).toBe('There is no parameter "tpoic"; did you mean topic?');
});

test("each route of the API that takes a body names a field that it doesn't know", async () => {
  for (const { method, url } of ofApi()) {
    if (method !== "POST" && method !== "PUT" && method !== "PATCH") continue;
    const answer = await app.inject({ method, url, headers, payload: { tpoic: "x" } });
    if (answer.statusCode === 404) continue;
    expect([url, answer.statusCode, answer.json().detail]).toEqual([
      url,
      400,
      expect.stringContaining('There is no field "tpoic"'),
    ]);
  }
});

test.each(["/v1/search?q=", "/v1/articles?topic=%20", "/v1/changes?cursor="])(
  "%s: a parameter without a value is an error",
  async (url) => {
    const answer = await app.inject({ url, headers });
    expect([answer.statusCode, answer.json().detail]).toEqual([
      400,
      expect.stringMatching(/^(\w+) is empty\. Give \1 a value, or omit \1\.$/),
    ]);
  },
);

test("an address of the API that isn't one comes with the nearest", async () => {
  const answer = await app.inject("/v1/artcles?limit=3");
  expect([answer.statusCode, answer.json().detail]).toEqual([
    404,
    "There is nothing at this URL. Did you mean /v1/articles?",
  ]);
});

test.each(["/?utm_source=mail", "/feeds/all.atom?fbclid=1", "/search?q=&utm_campaign=x"])(
  "%s: pages and feeds ignore what mailers and trackers add",
  async (url) => {
    const { statusCode } = await app.inject(url);
    expect([200, 404, 503]).toContain(statusCode);
  },
);

describe("a page of another site", () => {
  const origin = "https://elsewhere.example";
  const ask = (url: string, overrides: Record<string, string> = {}) =>
    app.inject({ url, headers: { origin, ...overrides } });
  const preflight = (url: string, method = "GET") =>
    app.inject({
      method: "OPTIONS",
      url,
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": "authorization,if-none-match",
      },
    });

  test.each(["/v1/changes?limit=1", "/v1/articles", "/feeds/all.atom", "/v1/articles/none"])(
    "may read %s, with the headers that a client needs, and without cookies",
    async (url) => {
      const { headers: sent } = await ask(url);
      expect(sent["access-control-allow-origin"]).toBe("*");
      expect(sent["access-control-expose-headers"]).toMatch(/etag.*retry-after.*x-next-cursor/);
      expect(sent["access-control-allow-credentials"]).toBeUndefined();
    },
  );

  test("is told before it asks with a key that it may", async () => {
    const { statusCode, headers: sent } = await preflight("/v1/consumers");
    expect(statusCode).toBe(204);
    expect(sent).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": "GET, HEAD",
      "access-control-allow-headers": expect.stringMatching(/authorization.*if-none-match/),
    });
  });

  test("reads what needs a right with a key alone", async () => {
    expect((await ask("/v1/consumers")).headers["access-control-allow-origin"]).toBeUndefined();
    const shown = await ask("/v1/consumers", headers);
    expect([shown.statusCode, shown.headers["access-control-allow-origin"]]).toEqual([200, "*"]);
  });

  test.each(["/", "/admin", "/admin?format=json", "/healthz", "/search"])(
    "reads nothing of %s",
    async (url) => {
      const answers = [await ask(url), await preflight(url)];
      for (const answer of answers) {
        expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
      }
    },
  );

  test.each(["POST", "PUT", "PATCH", "DELETE"])("may not %s", async (method) => {
    const answer = await preflight("/v1/consumers", method);
    expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
  });
});

describe("the API's description", () => {
  interface Described {
    components: { securitySchemes: object };
    paths: Record<string, Record<string, { security?: object[]; responses: object }>>;
  }
  let described: Described;
  beforeAll(async () => {
    described = (await app.inject("/openapi.json")).json();
  });

  test("is an OpenAPI document that the official schema allows", async () => {
    expect(await new Validator().validate({ ...described })).toEqual({ valid: true });
  });

  test("is the same where the pages of it read it", async () => {
    expect((await app.inject("/docs/json")).json()).toEqual(described);
  });

  test("says of each operation who may ask, and how", () => {
    expect(Object.keys(described.components.securitySchemes)).toEqual([
      "key",
      "keyHeader",
      "session",
    ]);
    const security = (path: string, method: string) => described.paths[path]?.[method]?.security;
    expect(security("/healthz", "get")).toEqual([]);
    expect(security("/v1/articles", "get")).toEqual([
      {},
      { key: ["read"] },
      { keyHeader: ["read"] },
      { session: ["read"] },
    ]);
    expect(security("/v1/captures", "get")).toEqual([
      { key: ["read"] },
      { keyHeader: ["read"] },
      { session: ["read"] },
    ]);
    expect(security("/v1/webhooks", "post")).toEqual([
      { key: ["operate"] },
      { keyHeader: ["operate"] },
    ]);
    const operations = Object.values(described.paths).flatMap((methods) => Object.values(methods));
    expect(operations.filter((operation) => !operation.security)).toEqual([]);
  });

  test("says that each operation of the API may be asked wrongly", () => {
    const api = Object.entries(described.paths).filter(([path]) => path.startsWith("/v1/"));
    const silent = api.filter(([, methods]) =>
      Object.values(methods).some(({ responses }) => !Object.hasOwn(responses, "400")),
    );
    expect(silent.map(([path]) => path)).toEqual([]);
  });
});
