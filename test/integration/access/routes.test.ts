import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { neededFor, ROUTES } from "../../../access/routes.ts";
import { startTestDatabase, type TestDatabase } from "../../helpers/database.ts";
import { openGated } from "../../helpers/gated.ts";

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

/** Every route of the server, as `METHOD path`. */
function routesOf(): string[] {
  const found: string[] = [];
  const path: string[] = [];
  for (const line of app.printRoutes({ commonPrefix: false }).split("\n")) {
    const [, indent = "", name = "", methods = ""] =
      /^([│├└─ ]*)(\S*) \(([A-Z, ]+)\)/.exec(line) ?? [];
    if (!methods) continue;
    path.splice(indent.length / 4 - 1);
    path.push(name);
    found.push(...methods.split(", ").map((method) => `${method} ${path.join("")}`));
  }
  return found;
}

test("each route of the operators, and each that writes, has its right in the table", () => {
  const routes = routesOf();
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
