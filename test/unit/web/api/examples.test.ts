import { beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  type ApiContent,
  type ApiOperation,
  describeApi,
} from "../../../helpers/api-description.ts";

let operations: [string, ApiOperation][];

beforeAll(async () => {
  operations = await describeApi();
});

/** Everything that an operation is sent or answers, by where it stands. */
function contents({ requestBody, responses }: ApiOperation): [string, ApiContent][] {
  const bodies = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    Object.entries(content).map(([type, one]): [string, ApiContent] => [`${status} ${type}`, one]),
  );
  const sent = Object.entries(requestBody?.content ?? {});
  return [...sent.map(([type, one]): [string, ApiContent] => [`body ${type}`, one]), ...bodies];
}

test("every operation has an example of what it is sent and of each of its answers", () => {
  expect(operations.length).toBeGreaterThan(45);
  const missing = operations.flatMap(([name, operation]) => {
    const all = contents(operation);
    const answered = Object.keys(operation.responses).some(
      (status) =>
        status === "204" || all.some(([at]) => at.startsWith("2") && at.startsWith(status)),
    );
    const bare = all.filter(([, { example }]) => example === undefined).map(([at]) => at);
    return [...bare, ...(answered ? [] : ["no answer"])].map((at) => `${name}: ${at}`);
  });
  expect(missing).toEqual([]);
});

test("every operation is in one section of the description", () => {
  const lost = operations.filter(([, { tags = [] }]) => tags.length !== 1);
  expect(lost.map(([name, { tags }]) => [name, tags])).toEqual([]);
});

test("every example is what its schema says, and nothing beside", () => {
  let checked = 0;
  const wrong = operations.flatMap(([name, operation]) =>
    contents(operation).flatMap(([at, { schema, example }]) => {
      if (!schema || at.includes("octet-stream")) return [];
      checked++;
      const parsed = z
        .fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0])
        .safeParse(example);
      const unknown = parsed.success ? beside(schema, example) : [];
      return [
        ...(parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")} ${message}`),
        ...unknown,
      ].map((what) => `${name} ${at}: ${what}`);
    }),
  );
  expect(wrong).toEqual([]);
  expect(checked).toBeGreaterThan(100);
});

test("each write takes an idempotency key, problems have their media type", () => {
  for (const [name, { parameters = [], responses }] of operations) {
    const takes = parameters.some((one) => one.in === "header" && one.name === "idempotency-key");
    expect([name, takes]).toEqual([name, /^(POST|PUT|PATCH|DELETE) \/v1\//.test(name)]);
    for (const [status, { content = {} }] of Object.entries(responses)) {
      if (Number(status) < 400 || name.includes("/readyz")) continue;
      expect([name, status, Object.keys(content)]).toEqual([
        name,
        status,
        ["application/problem+json"],
      ]);
    }
  }
});

/** Fields of an example that its schema doesn't know. */
function beside(schema: object, example: unknown, at = ""): string[] {
  const { properties, items, anyOf, additionalProperties } = schema as {
    properties?: Record<string, object>;
    items?: object;
    anyOf?: object[];
    additionalProperties?: unknown;
  };
  if (anyOf) {
    const found = anyOf.map((one) => beside(one, example, at));
    return found.toSorted((a, b) => a.length - b.length)[0] ?? [];
  }
  if (Array.isArray(example) && items) {
    return example.flatMap((one, index) => beside(items, one, `${at}[${index}]`));
  }
  if (typeof example !== "object" || example === null || !properties) return [];
  return Object.entries(example).flatMap(([name, value]) => {
    const known = properties[name];
    if (known) return beside(known, value, `${at}.${name}`);
    return typeof additionalProperties === "object" ? [] : [`${at}.${name} is unknown`];
  });
}
