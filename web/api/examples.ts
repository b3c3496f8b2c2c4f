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

const PROBLEMS: Readonly<Record<string, { code: string; detail: string }>> = data.problems;

function addProblemExamples({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    const [content] = Object.values(response.content ?? {});
    const isProblem = JSON.stringify(content?.schema ?? null).includes('"request_id"');
    if (Number(status) < 400 || !isProblem) continue;
    const example = {
      type: "about:blank",
      title: TITLES[Number(status)] ?? "Error",
      status: Number(status),
      ...(PROBLEMS[status] ?? { code: "invalid-request", detail: "See `code`." }),
      request_id: "0b6f7c52-9a1e-4a6e-8a2f-5f0f6f3f9d11",
    };
    response.content = { "application/problem+json": { ...content, example } };
  }
}
