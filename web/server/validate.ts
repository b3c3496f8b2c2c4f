import type { FastifyInstance, FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { explain, ProblemError } from "../../model/problem.ts";

const NOUNS: Record<string, string> = { querystring: "parameter", params: "part of the path" };

/** Returns a function that checks a part of a request. Its 400 problem names invalid fields. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart, url }) => {
  const noun = NOUNS[httpPart ?? ""] ?? "field";
  const wantsValues = httpPart === "querystring" && isOfApi(url ?? "");
  return (value: unknown) => {
    const empty = wantsValues ? emptyNames(value) : [];
    if (empty.length > 0) {
      const detail = empty.map(
        (name) => `${name} is empty. Give ${name} a value, or omit ${name}.`,
      );
      return { error: new ProblemError(400, "invalid-request", detail.join(" ")) };
    }
    const read = schema.safeParse(value);
    if (read.success) return { value: read.data };
    const detail = explain(read.error, { schema, input: value, noun });
    return { error: new ProblemError(400, "invalid-request", detail) };
  };
};

/**
 * Makes API routes refuse unknown parameters, because a misspelt filter would return everything.
 * Pages and feeds ignore them, because newsletters and trackers add parameters to links.
 */
export function refuseUnknownParameters(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
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
