import { TITLES } from "../server/problem.ts";
import data from "./examples.json" with { type: "json" };

interface Example {
  body?: unknown;
  answer: unknown;
  others?: Readonly<Record<string, unknown>>;
  type?: string;
}

const EXAMPLES = resolveShared(data.operations) as Readonly<Record<string, Example>>;

type Content = Record<string, { schema?: unknown; example?: unknown }>;

interface Operation {
  requestBody?: { content: Content };
  responses: Record<string, { description?: string; content?: Content }>;
}

/** Adds examples to the API's description. Sets the media type of problems (RFC 9457). */
export function addExamples<T extends object>(document: T): T {
  const { paths } = document as { paths?: Record<string, Record<string, Operation>> };
  for (const [path, operations] of Object.entries(paths ?? {})) {
    for (const [method, operation] of Object.entries(operations)) {
      const example = EXAMPLES[`${method.toUpperCase()} ${path}`];
      if (example) addExample(operation, example);
      addProblemExamples(operation);
    }
  }
  return document;
}

function resolveShared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolveShared);
  if (typeof value !== "object" || value === null) return value;
  const { $use, ...own } = value as { $use?: keyof typeof data.shared };
  const fields = Object.entries(own).map(([name, field]) => [name, resolveShared(field)]);
  if ($use === undefined) return Object.fromEntries(fields);
  const shared = resolveShared(data.shared[$use]);
  if (typeof shared !== "object" || shared === null) return shared;
  return { ...shared, ...Object.fromEntries(fields) };
}

function addExample(
  { requestBody, responses }: Operation,
  { body, answer, others = {}, type }: Example,
): void {
  const sent = requestBody?.content["application/json"];
  if (sent && body !== undefined) sent.example = body;
  const [status = "200"] = Object.keys(responses).filter((code) => code.startsWith("2"));
  const response = (responses[status] ??= { description: "The document" });
  const mime = type ?? "application/json";
  for (const [other, value] of Object.entries(others)) {
    const content = responses[other]?.content?.["application/json"];
    if (content) content.example = value;
  }
  response.content = {
    ...response.content,
    [mime]: { ...response.content?.[mime], example: answer },
  };
}

function addProblemExamples({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    const [content] = Object.values(response.content ?? {});
    if (Number(status) < 400 || !content || !isProblem(content.schema)) continue;
    response.content = {
      "application/problem+json": { ...content, example: problemExample(Number(status)) },
    };
  }
}

function isProblem(schema: unknown): boolean {
  return JSON.stringify(schema ?? null).includes('"request_id"');
}

const EXAMPLE_PROBLEMS: Readonly<Record<number, readonly [code: string, detail: string]>> = {
  400: ["invalid-request", 'limit: "900" is not allowed; write a whole number from 1 to 500.'],
  401: ["login-needed", "Log in or send a key to do this."],
  403: ["forbidden", 'This needs the right "read", which you don\'t have.'],
  404: ["not-found", 'There is no article "a1".'],
  409: [
    "leased",
    "Another reader has leased the changes until 2026-11-25T09:31:00Z. Try again then.",
  ],
  412: [
    "changed-meanwhile",
    'The source leeds has changed: its version is 4, not "3". Read the source again, then change it.',
  ],
  410: ["cursor-expired", "The changes after this cursor are no longer stored."],
  429: ["too-many-requests", "Too many requests. Try again in 1 minute."],
  503: ["database-unreachable", "The database can't be reached now. Try again in a few seconds."],
};

function problemExample(status: number) {
  const [code, detail] = EXAMPLE_PROBLEMS[status] ?? ["invalid-request", "See `code`."];
  return {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    code,
    detail,
    request_id: "0b6f7c52-9a1e-4a6e-8a2f-5f0f6f3f9d11",
  };
}
