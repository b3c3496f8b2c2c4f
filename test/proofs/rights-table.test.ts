import type { FastifyInstance, RouteOptions } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  KEY_SCOPES,
  type KeyScope,
  USER_ROLES,
  type UserRole,
} from "../../model/operations/account.ts";
import type { Store } from "../../store/store.ts";
import { startTestDatabase, type TestDatabase } from "../helpers/database.ts";
import { join, login, newKey, openGated } from "../helpers/gated.ts";
import { routesOf } from "../helpers/routes.ts";

const TABLE = new URL("../../docs/reference/rights.md", import.meta.url).pathname;

let database: TestDatabase;
let store: Store;
let open: FastifyInstance;
let closed: FastifyInstance;
beforeAll(async () => {
  database = await startTestDatabase(import.meta.filename);
  store = await database.open("rights");
  const overrides = { perMinute: 1_000_000, behindGate: letIn };
  open = await openGated(store, overrides);
  closed = await openGated(store, { ...overrides, publicReading: false });
});
afterAll(async () => {
  await open?.close();
  await closed?.close();
  await database.close();
});

/** Whoever is let in gets an empty answer: what routes do is not what is asked here. */
function letIn(app: FastifyInstance): void {
  app.addHook("onRoute", (route: RouteOptions) => {
    if (route.url === "/admin/login") return;
    delete route.schema;
    route.handler = async (_, reply) => reply.code(204).send();
  });
}

/** Whether a route lets a request in: neither asks who it is nor says that it may not. */
async function isLetIn(
  app: FastifyInstance,
  route: string,
  headers: Record<string, string>,
): Promise<boolean> {
  const [method = "", path = ""] = route.split(" ");
  const url = path.replaceAll(/:\w+/g, "x").replace("*", "x");
  const request = { method: method as "GET", url, headers: { ...headers, host: "localhost:3000" } };
  const { statusCode, body } = await app.inject(request);
  if (statusCode === 401) return path === "/admin/login";
  // A form that is too old was let in by its right.
  return statusCode !== 403 || /stale-form/.test(body);
}

const markOf = (is: boolean) => (is ? "x" : "");

test("who may do what at which route is what docs/reference/rights.md says", async () => {
  const routes = [...new Set(routesOf(open))].filter((route) => !/^(HEAD|OPTIONS) /.test(route));
  expect(routes.length).toBeGreaterThan(150);
  const columns: [name: string, app: FastifyInstance, headers: Record<string, string>][] = [
    ["reader", open, {}],
    ["reader, closed", closed, {}],
  ];
  const first = await Promise.all(routes.map((route) => isLetIn(open, route, {})));
  for (const role of Object.keys(USER_ROLES) as UserRole[]) {
    await join(store, role, role);
    const { cookie } = await login(open, role);
    columns.push([role, open, { cookie }]);
  }
  for (const scope of Object.keys(KEY_SCOPES) as KeyScope[]) {
    const authorization = `Bearer ${await newKey(store, scope)}`;
    columns.push([`key: ${scope}`, open, { authorization }]);
  }
  // That there is an account is seen within seconds: a server of its own sees it at once.
  const now = { perMinute: 1_000_000, behindGate: letIn };
  const fresh = await openGated(store, now);
  const freshClosed = await openGated(store, { ...now, publicReading: false });
  const rows = [];
  for (const [index, route] of routes.entries()) {
    const marks = [markOf(first[index] ?? false)];
    for (const [, app, headers] of columns) {
      const server = app === open ? fresh : freshClosed;
      marks.push(markOf(await isLetIn(server, route, headers)));
    }
    rows.push(`| \`${route}\` | ${marks.join(" | ")} |`);
  }
  await fresh.close();
  await freshClosed.close();
  const heads = ["route", "no account yet", ...columns.map(([name]) => name)];
  const table = [heads, heads.map(() => "---")].map((cells) => `| ${cells.join(" | ")} |`);
  const text = `# Who may do what

What the server answers at each route: \`x\` means allowed, anything else gets 401 or 403. \`HEAD\` is like \`GET\`. [Users have roles, keys have scopes](../operators/users.md).
A "reader" has neither; "closed" means \`NEWSGATHER_PUBLIC_READING=off\`; "no account yet" is a request from the same machine before there is any user or key.

${[...table, ...rows.toSorted()].join("\n")}
`;
  await expect(text).toMatchFileSnapshot(TABLE);
}, 300_000);
