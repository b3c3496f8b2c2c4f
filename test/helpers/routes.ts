import type { FastifyInstance } from "fastify";

/** Returns every route of the server as `METHOD path`. */
export function routesOf(app: FastifyInstance): string[] {
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
