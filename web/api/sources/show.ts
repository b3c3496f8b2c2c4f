import { parse } from "yaml";
import { z } from "zod";
import type { Preview } from "../../../model/sources/preview.ts";
import { isPaused, Source, type SourceRecord } from "../../../model/sources/source.ts";

/** A source, without what its file says. */
export const ApiSource = z.object({
  id: z.string(),
  name: z.string(),
  state: z
    .enum(["watched", "paused", "retired"])
    .describe("retired: no file names it any more; its archive stays"),
  version: z.int().describe("Grows by one with each change; the entity tag of the source"),
  paused: z
    .object({ reason: z.string(), until: z.string().nullable() })
    .nullable()
    .describe("Why it isn't looked at, and until when; by its file or by an operator"),
  home: z.string().nullable(),
  language: z.string().nullable(),
  country: z.string().nullable(),
  nextDueAt: z.string().nullable(),
  lastSuccessAt: z.string().nullable(),
  lastProblem: z.string().nullable().describe("Why its last run brought nothing"),
});

/** The same with what its file says. */
export const ApiSourceWhole = ApiSource.extend({
  declaration: z
    .record(z.string(), z.unknown())
    .describe("As its file has it; values of `headers` are hidden"),
});

const { $schema: _, ...JSON_SCHEMA } = z.toJSONSchema(Source, {
  io: "input",
  unrepresentable: "any",
});
const OPTIONAL = Object.entries(JSON_SCHEMA.properties ?? {}).map(
  ([name, schema]) => [name, { anyOf: [schema, { type: "null" }] }] as const,
);

/** A declaration as its file has it: it is checked where the file is written, since reading it here would lose how times are written. */
export const DeclarationBody = z.record(z.string(), z.unknown()).meta(JSON_SCHEMA);

/** Some fields of one. */
export const PatchBody = z.record(z.string(), z.unknown()).meta({
  ...JSON_SCHEMA,
  properties: Object.fromEntries(OPTIONAL),
  required: [],
  description: "Fields to change; null removes one (JSON Merge Patch, RFC 7396)",
});

/** What a preview found. */
export const ApiPreview = z.object({
  id: z.string(),
  state: z.enum(["working", "done", "failed"]),
  step: z.string().describe("What is being looked at, or why it failed"),
  declaration: z.string().nullable().describe("As YAML: the source's file"),
  verdict: z
    .enum(["green", "amber", "red"])
    .nullable()
    .describe("green: nothing speaks against it; red: nothing would come"),
  problems: z.array(z.object({ level: z.enum(["error", "warning"]), text: z.string() })),
  entries: z.array(
    z.object({
      url: z.string(),
      kind: z.string(),
      articles: z.int(),
      why: z.string().nullable().describe("Why it can't be read"),
    }),
  ),
  articles: z.array(
    z.object({
      url: z.string(),
      title: z.string().nullable(),
      why: z.string().nullable().describe("Why there is no article"),
      length: z.int().describe("Characters of its text"),
      publishedAt: z.string().nullable(),
    }),
  ),
});

/** A source as the API shows it. */
export function showSource(source: SourceRecord, now: Date): z.infer<typeof ApiSource> {
  const pause = isPaused(source, now) ? (source.held ?? source.paused) : undefined;
  return {
    id: source._id,
    name: source.name,
    state: source.active ? (pause ? "paused" : "watched") : "retired",
    version: source.version,
    paused: pause ? { reason: pause.reason, until: pause.until?.toISOString() ?? null } : null,
    home: source.home ?? null,
    language: source.language ?? null,
    country: source.country ?? null,
    nextDueAt: source.nextDueAt?.toISOString() ?? null,
    lastSuccessAt: source.lastSuccessAt?.toISOString() ?? null,
    lastProblem: source.lastProblem,
  };
}

/** What a source's file says, with the values of its headers hidden: they may hold keys. */
export function showDeclaration(yaml: string | null): Record<string, unknown> {
  const read: unknown = yaml === null ? {} : parse(yaml);
  const declaration = { ...(read as Record<string, unknown>) };
  const { headers } = declaration;
  if (typeof headers !== "object" || headers === null) return declaration;
  const hidden = Object.keys(headers).map((name) => [name, "***"] as const);
  return { ...declaration, headers: Object.fromEntries(hidden) };
}

/** A preview as the API shows it. */
export function showPreview({
  _id,
  state,
  step,
  yaml,
  result,
}: Omit<Preview, "pages">): z.infer<typeof ApiPreview> {
  const { verdict = null, problems = [], entries = [], articles = [] } = result ?? {};
  return {
    id: _id,
    state,
    step,
    declaration: yaml,
    verdict,
    problems,
    entries,
    articles: articles.map(({ url, title, why, length, publishedAt }) => ({
      url,
      title,
      why,
      length,
      publishedAt: publishedAt?.toISOString() ?? null,
    })),
  };
}
