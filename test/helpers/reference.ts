import { readFileSync } from "node:fs";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { parse } from "yaml";
import { examplesOf, GROUPS } from "../../bin/catalogue.ts";
import { createProgram } from "../../bin/cli.ts";
import { RETRY_POLICY } from "../../config/retry-policy.ts";
import { root } from "../../config/root.ts";
import { INFO } from "../../config/setting.ts";
import { Settings } from "../../config/settings.ts";
import { STAGES } from "../../config/telemetry.ts";
import { EXIT } from "../../lib/exit.ts";
import { formatDuration } from "../../lib/time.ts";
import { TIME_FORMS } from "../../lib/time-expression.ts";
import { COMPLETENESS, EDITORIAL_STATES, REVISION_KINDS } from "../../model/articles/article.ts";
import { UNRELIABLE_KINDS } from "../../model/crawl/host.ts";
import { CAUSES, type Cause, SKIP_REASONS } from "../../model/crawl/outcome.ts";
import { ALARM_CAUSES } from "../../model/operations/alarm.ts";
import { HEALTH_CAUSES, HEALTH_STATES } from "../../model/sources/health.ts";
import { type ApiOperation, type ApiSchema, describeApi } from "./api-description.ts";
import { type DeclaredMetric, declaredMetrics } from "./every-metric.ts";

/** Returns the pages of `docs/reference`, generated from the code: file name and text. */
export async function referencePages(): Promise<Record<string, string>> {
  return {
    "settings.md": settingsPage(),
    "sources.md": sourcesPage(),
    "commands.md": await commandsPage(),
    "api.md": await apiPage(),
    "metrics.md": metricsPage(),
    "reasons.md": reasonsPage(),
  };
}

/** Returns a Markdown table. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ")).join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...rows.map(line)].join("\n");
}

const code = (text: string) => (text === "" ? "" : `\`${text}\``);
/** Escapes text so that no word is read as a tag, except in backticks. */
const plain = (text: string) =>
  text
    .split("`")
    .map((part, at) => (at % 2 === 1 ? part : part.replaceAll("<", "&lt;")))
    .join("`");
const page = (title: string, ...parts: string[]) => `# ${title}\n\n${parts.join("\n\n")}\n`;

function settingsPage(): string {
  const rows = Object.entries(Settings.shape).map(([name, schema]) => {
    const { about = "", allowed = "", fallback = null } = INFO.get(schema) ?? {};
    return [code(name), plain(about), plain(allowed), code(fallback ?? "")];
  });
  return page(
    "Settings",
    "Settings are environment variables, or lines of a file `.env` in the folder of Newsgather. A variable `NEWSGATHER_...` that is no setting stops Newsgather, as a wrong value does. All mistakes are reported at once.",
    "`/admin/settings` shows each setting in effect, and where it comes from.",
    table(["setting", "meaning", "allowed", "default"], rows),
  );
}

/** Returns a row for each key of a source's file; nested keys have their path. */
function keyRows(schema: ApiSchema, path = "", inherited = ""): string[][] {
  if (schema.anyOf) {
    const rows = schema.anyOf.flatMap((one) => keyRows(one, path));
    return rows.filter((row, at) => rows.findIndex(([key]) => key === row[0]) === at);
  }
  if (schema.items?.properties) return keyRows(schema.items, `${path}[]`, inherited);
  return Object.entries(schema.properties ?? {}).flatMap(([name, below]) => {
    const key = path === "" ? name : `${path}.${name}`;
    const nested = keyRows(below, key);
    const own = [code(key), plain(below.description ?? ""), valuesOf(below), defaultOf(below)];
    const isAnswered = nested.length > 0 && !below.description;
    return isAnswered ? nested : [own, ...nested];
  });
}

function valuesOf(schema: ApiSchema): string {
  if (schema.enum) return schema.enum.map((one) => code(String(one))).join(", ");
  if (schema.anyOf) {
    return [...new Set(schema.anyOf.map(valuesOf))].filter(Boolean).join(" or ");
  }
  const { type, format, minimum, maximum, items } = schema;
  if (type === "array") return `list of ${items?.properties ? "objects" : valuesOf(items ?? {})}`;
  if (type === "object") return "object";
  if (type === "boolean") return "`true`, `false`";
  const name = format === "uri" ? "URL" : type === "string" ? "text" : (type ?? "");
  const most = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (minimum !== undefined && most !== undefined) return `${name} from ${minimum} to ${most}`;
  return minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER
    ? `${name} from ${minimum}`
    : name;
}

function defaultOf({ default: value }: ApiSchema): string {
  if (value === undefined) return "";
  const text = JSON.stringify(value);
  return text === "[]" || text === "{}" ? "" : code(text);
}

function sourcesPage(): string {
  const schema = JSON.parse(readFileSync(`${root}/config/source.schema.json`, "utf8"));
  return page(
    "Source keys",
    "A source is one YAML file in `NEWSGATHER_SOURCES_DIR`, named after its `id`. `newsgather sources schema` prints the JSON Schema for your editor. A key below another one has its path: `pace.delay`, or `listings[].url` in each item of a list. A duration is a number with a unit: `90s`, `30m`, `2h`, `7d`.",
    table(["key", "meaning", "values", "default"], keyRows(schema)),
  );
}

const EXIT_MEANINGS: Record<keyof typeof EXIT, string> = {
  ok: "done",
  failed: "failed",
  usage: "wrong usage, setting or source file; nothing was done",
  partly:
    "partly done, or something needs attention: `health`, `coverage`, `alarms`, `sources plan`, `sources test`, `archive check`",
  unreachable: "MongoDB, Redis or a tier can't be reached",
};

async function commandsPage(): Promise<string> {
  const program = await createProgram();
  const groups = Object.entries(GROUPS).map(([group, entries]) => {
    const commands = Object.keys(entries).flatMap((name) => {
      const command = program.commands.find((one) => one.name() === name);
      return command ? leavesOf(command, [name]) : [];
    });
    return [`## ${group}`, ...commands.map(commandText)].join("\n\n");
  });
  return page(
    "Commands",
    "`newsgather help COMMAND` shows the same on a terminal. `--json` prints JSON where a command has it. A name that doesn't exist is refused with the nearest one.",
    `A time is ${TIME_FORMS}. Days are days in UTC, and for \`statistics\` and \`storage\` days in the portal's time zone. \`--until\` and \`--to\` include the day or month that they name. Articles are named by id or by any of their URLs.`,
    "## Exit codes",
    table(
      ["code", "meaning"],
      Object.entries(EXIT).map(([name, value]) => [
        String(value),
        EXIT_MEANINGS[name as keyof typeof EXIT],
      ]),
    ),
    ...groups,
  );
}

/** Returns a command and all its subcommands that do something. */
function leavesOf(command: CommandUnknownOpts, path: string[]): [CommandUnknownOpts, string[]][] {
  const below = command.commands.flatMap((one) => leavesOf(one, [...path, one.name()]));
  const isGroup = below.length > 0 && examplesOf(command, path.join(" ")).length === 0;
  return isGroup ? below : [[command, path], ...below];
}

function commandText([command, path]: [CommandUnknownOpts, string[]]): string {
  const args = command.registeredArguments.map((one) => {
    const name = one.name() + (one.variadic ? "..." : "");
    return one.required ? name : `[${name}]`;
  });
  const options = command.options.filter(({ hidden }) => !hidden);
  const about = command.registeredArguments.flatMap((one) =>
    one.description ? [[code(one.name()), plain(one.description)]] : [],
  );
  const rows = options.map((one) => {
    const value = one.defaultValue;
    const isTold = /default/.test(one.description) || Array.isArray(value) || value === "";
    const isShown = value !== undefined && typeof value !== "boolean" && !isTold;
    const fallback = isShown ? ` (default ${code(String(value))})` : "";
    const must = one.mandatory ? " (required)" : "";
    return [code(one.flags), `${plain(one.description)}${fallback}${must}`];
  });
  const examples = examplesOf(command, path.join(" ")).map((one) =>
    ["newsgather", ...path, one].join(" ").trimEnd(),
  );
  return [
    `### ${path.join(" ")}`,
    sentence(plain(command.description())),
    `\`\`\`text\n${["newsgather", ...path, ...args].join(" ")}${rows.length > 0 ? " [OPTION...]" : ""}\n\`\`\``,
    ...(about.length + rows.length > 0
      ? [table(["argument or option", "meaning"], [...about, ...rows])]
      : []),
    ...(examples.length > 0 ? [`\`\`\`text\n${examples.join("\n")}\n\`\`\``] : []),
  ].join("\n\n");
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}

async function apiPage(): Promise<string> {
  const operations = await describeApi();
  const tags = [...new Set(operations.flatMap(([, { tags: names = [] }]) => names))];
  const parts = tags.map((tag) => {
    const own = operations.filter(([, { tags: names = [] }]) => names[0] === tag);
    return [`## ${tag}`, ...own.map(operationText)].join("\n\n");
  });
  return page(
    "HTTP API",
    "The same as OpenAPI is at `/docs` and `/openapi.json` of each portal, with an example of each request and response. [Call the API](../publishing/api.md) explains errors, times, keys and idempotency.",
    "All errors are problems (RFC 9457) with the status 4xx or 5xx. Writes accept the header `idempotency-key`.",
    ...parts,
  );
}

function operationText([name, operation]: [string, ApiOperation]): string {
  const { parameters = [], requestBody, responses, summary = "", description = "" } = operation;
  const asked = parameters
    .filter(({ name: header }) => header !== "idempotency-key")
    .map((one) => [
      code(one.name),
      one.in,
      plain(one.description ?? one.schema?.description ?? ""),
      [valuesOf(one.schema ?? {}), defaultText(one.schema ?? {})].filter(Boolean).join(", "),
    ]);
  const [body] = Object.values(requestBody?.content ?? {});
  const fields = Object.entries(body?.schema?.properties ?? {}).map(([field, schema]) => [
    code(field),
    "body",
    plain(schema.description ?? ""),
    [valuesOf(schema), defaultText(schema)].filter(Boolean).join(", "),
  ]);
  return [
    `### ${name}`,
    sentence(plain(summary)),
    ...(description === "" ? [] : [plain(description)]),
    `Access: ${accessOf(operation)}. Status: ${Object.keys(responses).join(", ")}.`,
    ...(asked.length + fields.length > 0
      ? [table(["parameter", "in", "meaning", "values"], [...asked, ...fields])]
      : []),
  ].join("\n\n");
}

const defaultText = (schema: ApiSchema) => {
  const text = defaultOf(schema);
  return text === "" ? "" : `default ${text}`;
};

/** Says who may call an operation, by the rights that it names. */
function accessOf({ security = [] }: ApiOperation): string {
  const isPublic = security.length === 0 || security.some((one) => Object.keys(one).length === 0);
  if (isPublic) return "everybody, where reading is public";
  return `the right ${code(security[0]?.["key"]?.[0] ?? "")}`;
}

interface AlertRule {
  alert: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; action: string };
}

function metricsPage(): string {
  const { process: workers, installation } = declaredMetrics();
  const rows = (metrics: DeclaredMetric[]) =>
    table(
      ["metric", "type", "labels", "meaning"],
      metrics
        .filter(({ name }) => name.startsWith("newsgather_"))
        .map(({ name, type, labelNames, help }) => [
          code(name),
          type,
          labelNames.map(code).join(", "),
          plain(help),
        ]),
    );
  const { groups } = parse(readFileSync(`${root}/deploy/prometheus/alerts.yaml`, "utf8")) as {
    groups: { rules: AlertRule[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  return page(
    "Metrics and alarms",
    "[Monitoring](../operators/monitoring.md#connect-prometheus-and-grafana) explains how to connect Prometheus. Labels are closed sets: never a host, source or URL.",
    "## Metrics of the installation",
    "At `/metrics` of the portal. Each process of the role `api` reports the same values: use `max`, not `sum`. Only `newsgather_request_seconds` counts the requests of its own process: use `sum`.",
    rows(installation),
    "## Metrics of workers",
    "At `/metrics` of `NEWSGATHER_METRICS_LISTEN`, with the label `role`. Beside them are Node's own (`process_...`, `nodejs_...`).",
    rows(workers),
    "### Stages",
    table(
      ["stage", "measures"],
      Object.entries(STAGES).map(([name, words]) => [code(name), plain(words)]),
    ),
    "## Alarms",
    "At `/admin/alarms`, in `newsgather alarms`, by e-mail and by webhook. Sources also raise an alarm for each [cause of bad health](reasons.md#health-of-sources).",
    table(
      ["kind", "cause", "raised when"],
      Object.entries(ALARM_CAUSES).map(([cause, { kind, about }]) => [
        kind,
        code(cause),
        plain(about),
      ]),
    ),
    "## Alert rules for Prometheus",
    "From `deploy/prometheus/alerts.yaml`.",
    table(
      ["alert", "severity", "fires when it lasts for", "what to do"],
      rules.map((rule) => [
        code(rule.alert),
        rule.labels.severity,
        rule.for ?? "0s",
        plain(rule.annotations.action),
      ]),
    ),
  );
}

const inWords = (reasons: Readonly<Record<string, string>>) =>
  table(
    ["reason", "meaning"],
    Object.entries(reasons).map(([name, words]) => [code(name), plain(words)]),
  );

function reasonsPage(): string {
  const { maxAttempts, firstMs, backoff } = RETRY_POLICY.link;
  const causes = Object.entries(CAUSES).map(([cause, words]) => [
    code(cause),
    plain(words),
    formatDuration(firstMs[cause as Cause] ?? backoff.firstMs),
  ]);
  return page(
    "Reasons",
    "Each list is closed: no other reason appears in commands, the admin, the API or the database.",
    "## Links that were left out",
    "An expected outcome that is no article (`skipped`). It is not tried again until an entry point names the URL again, except where the reason says so.",
    inWords(SKIP_REASONS),
    "## Links that failed",
    `A failure is tried up to ${maxAttempts} times, at growing intervals up to ${formatDuration(backoff.maxMs)}, unless it can't pass. Then the link is a dead letter: \`newsgather dead-letters list\`. The last column is the longest first wait; a site's own \`Retry-After\` counts instead.`,
    table(["cause", "meaning", "first wait"], causes),
    "## Health of sources",
    table(
      ["state", "meaning"],
      Object.entries(HEALTH_STATES).map(([name, words]) => [code(name), plain(words)]),
    ),
    "A source that isn't well has a cause from the two lists above, or one of these:",
    inWords(HEALTH_CAUSES),
    "## Hosts that are unreliable",
    inWords(UNRELIABLE_KINDS),
    "## Completeness of articles",
    "An article that isn't `full` says why, with a reason from the first two lists.",
    inWords(COMPLETENESS),
    "## Editorial states",
    inWords(EDITORIAL_STATES),
    "## Kinds of revisions",
    inWords(REVISION_KINDS),
  );
}
