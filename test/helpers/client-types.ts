import { compile, type JSONSchema } from "json-schema-to-typescript";

/** The operations that the client uses. */
const OPERATIONS = [
  "GET /v1/articles",
  "GET /v1/articles/{id}",
  "GET /v1/snapshot",
  "GET /v1/changes",
  "POST /v1/consumers/{name}/lease",
  "POST /v1/consumers/{name}/ack",
];

/** Parameters that change the shape of a response, so that its type would be wrong. */
const SHAPING = new Set(["fields", "format"]);

const BANNER = `// Made from the OpenAPI document by \`npm run client:types\`; a test holds the two equal.`;

/** The parts of an OpenAPI 3.1 document that are read here; its schemas are JSON Schemas. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation | undefined> | undefined>;
}

interface Operation {
  parameters?: {
    in: string;
    name: string;
    required?: boolean;
    description?: string;
    schema: JSONSchema;
  }[];
  requestBody?: { content: Content };
  responses: Record<string, { content: Content } | undefined>;
}

type Content = Record<string, { schema: JSONSchema } | undefined>;

/** Returns the source of `client/types.ts`: query, body and response of each operation, and the named types in them. */
export async function clientTypes(document: OpenApi): Promise<string> {
  const schemas = namesOf(document);
  const operations = OPERATIONS.map((name) => [name, describe(operationOf(document, name))]);
  const api = { ...record(Object.fromEntries(operations)), title: "Api" };
  const schema: JSONSchema = { ...refer(api, schemas), definitions: {} };
  for (const [name, part] of schemas) {
    const others = new Map([...schemas].filter(([other]) => other !== name));
    Object.assign(schema.definitions ?? {}, { [name]: refer(part, others) });
  }
  return compile(schema, "Api", {
    bannerComment: BANNER,
    ignoreMinAndMaxItems: true,
    style: { printWidth: 100 },
  });
}

function operationOf({ paths }: OpenApi, name: string): Operation {
  const [method = "", path = ""] = name.split(" ");
  const operation = paths[path]?.[method.toLowerCase()];
  if (!operation) throw new Error(`the API's description has no ${name}: see OPERATIONS`);
  return operation;
}

function describe({ parameters = [], requestBody, responses }: Operation): JSONSchema {
  const filters = parameters.filter((one) => one.in === "query" && !SHAPING.has(one.name));
  const query = filters.map(({ name, schema, description }) => [
    name,
    { ...schema, ...(description && { description }) },
  ]);
  const body = requestBody?.content["application/json"]?.schema;
  return record({
    ...(filters.length > 0 && { query: record(Object.fromEntries(query), []) }),
    ...(body && { body: { ...body, additionalProperties: false } }),
    answer: answerOf(responses, "200"),
    problem: answerOf(responses, "404"),
  });
}

/** Returns the schemas that have a name in the types, components of others first. */
function namesOf(document: OpenApi): Map<string, JSONSchema> {
  const answered = (name: string, status = "200") =>
    answerOf(operationOf(document, name).responses, status);
  const change = listed(answered("GET /v1/changes"));
  const inList = listed(answered("GET /v1/articles"));
  const [item] = change.properties?.["item"]?.anyOf ?? [];
  const story = inList.properties?.["story"];
  if (!item || !story) throw new Error("a change has no item, or an article no story: see namesOf");
  return new Map([
    ["Story", story],
    ["Item", item],
    ["Listed", inList],
    ["Article", answered("GET /v1/articles/{id}")],
    ["Change", change],
    ["ProblemDetails", answered("GET /v1/changes", "400")],
  ]);
}

function listed(page: JSONSchema): JSONSchema {
  const items = page.properties?.["items"]?.items;
  if (!items || Array.isArray(items)) throw new Error("a page has no items: see namesOf");
  return items;
}

function answerOf(responses: Operation["responses"], status: string): JSONSchema {
  const content = responses[status]?.content;
  const schema = (content?.["application/json"] ?? content?.["application/problem+json"])?.schema;
  if (!schema) throw new Error(`an operation does not tell what it answers with ${status}`);
  return schema;
}

function record(properties: Record<string, JSONSchema>, required = Object.keys(properties)) {
  return { type: "object" as const, properties, required, additionalProperties: false };
}

/** Replaces the named schemas in a schema by references, also if the schema only adds to one. */
function refer<Part>(part: Part, schemas: ReadonlyMap<string, JSONSchema>): Part {
  if (typeof part !== "object" || part === null) return part;
  if (Array.isArray(part)) return part.map((one) => refer(one, schemas)) as Part;
  const reference = (name: string) => ({ $ref: `#/definitions/${name}` });
  for (const [name, schema] of schemas) {
    if (JSON.stringify(part) === JSON.stringify(schema)) return reference(name) as Part;
  }
  for (const [name, schema] of schemas) {
    const more = beyond(part, schema);
    if (more) return { allOf: [reference(name), refer(more, schemas)] } as Part;
  }
  const entries = Object.entries(part).map(([key, value]) => [key, refer(value, schemas)]);
  return Object.fromEntries(entries) as Part;
}

/** Returns the properties that an object has in addition to all of another's; null if it lacks one or adds none. */
function beyond(part: JSONSchema, { properties = {} }: JSONSchema): JSONSchema | null {
  const own = new Map(Object.entries(part.properties ?? {}));
  for (const [name, schema] of Object.entries(properties)) {
    if (JSON.stringify(own.get(name)) !== JSON.stringify(schema)) return null;
    own.delete(name);
  }
  if (own.size === 0) return null;
  const { required } = part;
  const requiredOwn = Array.isArray(required) ? required.filter((name) => own.has(name)) : [];
  return record(Object.fromEntries(own), requiredOwn);
}
