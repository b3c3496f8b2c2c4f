import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { neededFor, ROUTES } from "../../../access/routes.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { openGated } from "../../helpers/gated.ts";
import { routesOf } from "../../helpers/routes.ts";

let database: TestDatabase;
let app: FastifyInstance;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  app = await openGated(await database.open("routes"));
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await database.close();
});

test("each route of the operators, and each that writes, has its right in the table", () => {
  const routes = routesOf(app);
  expect(routes).toEqual(expect.arrayContaining(["GET /admin", "GET /v1/articles/:id", "GET /"]));
  const guarded = routes.filter((route) => /^(GET \/admin|(?!GET|HEAD|OPTIONS))/.test(route));
  expect(guarded.length).toBeGreaterThan(4);
  expect(guarded.filter((route) => !Object.hasOwn(ROUTES, route))).toEqual([]);
  expect(Object.keys(ROUTES).filter((route) => !routes.includes(route))).toEqual([]);
});

test("a route that nobody thought of is an administrator's", () => {
  expect(neededFor("GET", "/admin/new")).toBe("admin");
  expect(neededFor("DELETE", "/v1/articles/:id")).toBe("admin");
  expect(neededFor("HEAD", "/admin")).toBe("read");
  expect(neededFor("GET", "/administrators")).toBe("reader");
});
