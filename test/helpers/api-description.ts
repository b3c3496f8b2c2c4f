import { Registry } from "prom-client";
import { createServer } from "../../web/server.ts";

/** The content of a request or response of the API. */
export interface ApiContent {
  schema?: ApiSchema;
  example?: unknown;
}
/** The parts of a JSON Schema that tests and references use. */
export interface ApiSchema {
  type?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  description?: string;
  properties?: Record<string, ApiSchema>;
  required?: string[];
  items?: ApiSchema;
  anyOf?: ApiSchema[];
}
/** An operation of the API, as in its OpenAPI document. */
export interface ApiOperation {
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Record<string, string[]>[];
  parameters?: {
    in: string;
    name: string;
    required?: boolean;
    description?: string;
    schema?: ApiSchema;
  }[];
  requestBody?: { content: Record<string, ApiContent> };
  responses: Record<string, { content?: Record<string, ApiContent> }>;
}

/**
 * Returns every operation of the API by method and path (`GET /v1/articles`), in the order of the OpenAPI document.
 * Needs no service.
 */
export async function describeApi(): Promise<[string, ApiOperation][]> {
  const nothing = {} as never;
  const app = await createServer({
    store: nothing,
    webhooks: nothing,
    exports: { folder: import.meta.dirname, producer: nothing },
    search: nothing,
    sources: nothing,
    config: {
      portalTitle: "P",
      baseUrl: "http://p",
      timezone: "UTC",
      topicNames: {},
      version: "1",
    },
    checks: async () => [],
    metrics: new Registry(),
  });
  await app.ready();
  const served = await app.inject("/docs/json");
  await app.close();
  const { paths } = served.json<{ paths: Record<string, Record<string, ApiOperation>> }>();
  return Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, operation]): [string, ApiOperation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}
