import { CronExpressionParser } from "cron-parser";
import { compile } from "css-select";
import { z } from "zod";
import type { PlaceFinder } from "../../articles/classify/places/places.ts";
import { loadPlaces } from "../../articles/reading/gazetteer.ts";
import type { Secrets } from "../../config/secrets.ts";
import { urlsOf } from "../../crawler/links/entry-points.ts";
import { hostOf, siteOf } from "../../crawler/links/url.ts";
import {
  countryCode,
  languageCode,
  type NamedCode,
  nearestCountry,
  nearestLanguage,
} from "../../lib/codes.ts";
import { nearest } from "../../lib/nearest.ts";
import { DURATION, isTimezone } from "../../lib/time.ts";
import { isProxyAddress } from "../../model/sources/login.ts";
import { Source } from "../../model/sources/source.ts";
import { afterShut, isShut } from "../schedule/next-due.ts";

type Issue = z.core.$ZodIssue;

export function toFindings(error: z.ZodError): Finding[] {
  return error.issues.flatMap((issue) => explain(issue, []));
}

function explain(issue: Issue, outer: readonly PropertyKey[]): Finding[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys") return unknownFields(path, issue.keys);
  if (issue.code === "invalid_union") {
    return likelyIssues(issue.errors).flatMap((inner) => explain(inner, path));
  }
  if (issue.code === "invalid_key") return issue.issues.flatMap((inner) => explain(inner, path));
  if (issue.code === "invalid_type") {
    // A custom message is more specific.
    if (!issue.message.startsWith("Invalid input")) return [{ path, message: issue.message }];
    const missing = issue.message.includes("received undefined") ? "is missing: " : "";
    const article = /^[aeiou]/.test(issue.expected) ? "an" : "a";
    return [{ path, message: `${missing}give ${article} ${issue.expected}` }];
  }
  if (issue.code === "invalid_value") {
    return [{ path, message: `allowed: ${issue.values.map(String).join(", ")}` }];
  }
  return [{ path, message: issue.message }];
}

function likelyIssues(branches: Issue[][]): Issue[] {
  const weigh = (issue: Issue) => (issue.code === "unrecognized_keys" ? issue.keys.length * 10 : 1);
  const strange = (issues: Issue[]) => issues.reduce((sum, issue) => sum + weigh(issue), 0);
  return branches.toSorted((a, b) => strange(a) - strange(b))[0] ?? [];
}

/** Maximum number of unknown fields that are named, because finding similar names takes time. */
const MAX_NAMED_FIELDS = 20;

function unknownFields(path: PropertyKey[], keys: readonly string[]): Finding[] {
  const findings = keys.slice(0, MAX_NAMED_FIELDS).map((key) => unknownField(path, key));
  const more = keys.length - findings.length;
  return more > 0 ? [...findings, { path, message: `further unknown fields: ${more}` }] : findings;
}

function unknownField(path: PropertyKey[], key: string): Finding {
  const known = fieldsAt(path);
  const parent =
    path.length === 0 ? known.find((name) => fieldsAt([name]).includes(key)) : undefined;
  if (parent !== undefined) {
    const message = `there is no field "${key}" here; it belongs under ${parent}, as in ${parent}: { ${key}: ... }`;
    return { path, key, message };
  }
  const near = nearest(key, known);
  const hint = near ? `did you mean ${near}?` : `allowed: ${known.join(", ")}`;
  return { path, key, message: `there is no field "${key}" here; ${hint}` };
}

/** Returns a message about the first unknown field in a path; null if no field is unknown. */
export function unknownFieldIn(path: readonly string[]): string | null {
  for (const [depth, key] of path.entries()) {
    const known = fieldsAt(path.slice(0, depth));
    if (known.length === 0) return null;
    if (known.includes(key)) continue;
    const near = nearest(key, known);
    const meant = near === null ? "." : `; did you mean ${near}?`;
    const where = depth === 0 ? "" : ` in ${path.slice(0, depth).join(".")}`;
    return `there is no field "${key}"${where}${meant} Fields: ${known.join(", ")}`;
  }
  return null;
}

/** The parts of a JSON schema that describe the fields of a source. */
export interface Shape {
  type?: string;
  description?: string;
  default?: unknown;
  pattern?: string;
  enum?: unknown[];
  properties?: Record<string, Shape>;
  items?: Shape;
  anyOf?: Shape[];
}

/** Returns whether a field, such as `pace.delay`, is a duration. */
export function isDuration(field: string): boolean {
  const path = field.split(".").map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return shapesAt(path).some(({ pattern }) => pattern === DURATION.source);
}

function fieldsAt(path: readonly PropertyKey[]): string[] {
  return [...new Set(shapesAt(path).flatMap((shape) => Object.keys(shape.properties ?? {})))];
}

function shapesAt(path: readonly PropertyKey[]): Shape[] {
  let shapes = openShape(sourceJsonSchema());
  for (const step of path) {
    shapes = shapes.flatMap((shape) => {
      const next = typeof step === "number" ? shape.items : shape.properties?.[String(step)];
      return next ? openShape(next) : [];
    });
  }
  return shapes;
}

export function openShape(shape: Shape): Shape[] {
  return shape.anyOf?.flatMap(openShape) ?? [shape];
}

let jsonSchema: Shape | undefined;

export function sourceJsonSchema(): Shape {
  jsonSchema ??= {
    title: "A source of Newsgather",
    ...z.toJSONSchema(Source, { io: "input", unrepresentable: "any" }),
  } as Shape;
  return jsonSchema;
}

/** A mistake at `path` in a source's file. If the mistake is an unknown field, `key` names it. */
export interface Finding {
  path: PropertyKey[];
  message: string;
  key?: string;
}

/** Returns the mistakes that the schema can't find; skips checks whose argument is null. */
export function checkSource(
  source: Source,
  topics: ReadonlySet<string> | null,
  secrets: Secrets | null,
): Finding[] {
  return [
    ...checkSchedule(source.schedule),
    ...selectorsOf(source).flatMap(({ path, selector }) => checkSelector(path, selector)),
    ...checkCodes(source),
    ...(topics === null ? [] : [...checkRegion(source), ...checkTopics(source.topics, topics)]),
    ...checkLogin(source, secrets),
    ...checkProxy(source, secrets),
  ];
}

function checkSchedule(schedule: Source["schedule"]): Finding[] {
  const { timezone } = schedule;
  if (!isTimezone(timezone)) {
    const message = `"${timezone}" is no time zone: write an IANA name such as Europe/Berlin`;
    return [{ path: ["schedule", "timezone"], message }];
  }
  if ("adaptive" in schedule && schedule.adaptive.min > schedule.adaptive.max) {
    return [{ path: ["schedule", "adaptive"], message: "min must not be longer than max" }];
  }
  if (isShut(afterShut(new Date(0), schedule), schedule)) {
    return [{ path: ["schedule", "quiet"], message: "the quiet hours leave no window open" }];
  }
  if (!("cron" in schedule)) return [];
  const why = mistakeInCron(schedule.cron, timezone);
  if (why === null) return [];
  const message = `${why}: write minute hour day month weekday, e.g. "*/10 6-22 * * 1-5"`;
  return [{ path: ["schedule", "cron"], message }];
}

function mistakeInCron(cron: string, timezone: string): string | null {
  // The parser also accepts seconds and, for missing fields, defaults.
  if (cron.trim().split(/\s+/).length !== 5) return "needs exactly five fields";
  try {
    CronExpressionParser.parse(cron, { tz: timezone }).next();
    return null;
  } catch (error) {
    return reason(error);
  }
}

interface Placed {
  path: PropertyKey[];
  selector: string;
}

function selectorsOf({ listings, select, login }: Source): Placed[] {
  return [
    // The URL is the only text of a listing that is no selector.
    ...listings.flatMap((one, index) => selectorsIn(["listings", index], { ...one, url: null })),
    ...select.flatMap((fields, index) => [
      ...selectorsIn(["select", index], fields),
      ...fields.remove.map((selector, at) => ({ path: ["select", index, "remove", at], selector })),
    ]),
    ...selectorsIn(["login"], { signedOut: login?.signedOut }),
  ];
}

/** Returns the fields that are texts, as selectors. */
function selectorsIn(path: PropertyKey[], fields: object): Placed[] {
  return Object.entries(fields).flatMap(([field, selector]: [string, unknown]) =>
    typeof selector === "string" ? [{ path: [...path, field], selector }] : [],
  );
}

function checkSelector(path: PropertyKey[], selector: string): Finding[] {
  try {
    const css = selector.replace(/@[\w:-]+$/, "").trim();
    if (css !== "") compile(css);
    return [];
  } catch (error) {
    const message = `"${selector}" is no CSS selector (${reason(error)}); allowed: CSS, then @attribute`;
    return [{ path, message }];
  }
}

function checkCodes({ country, language }: Source): Finding[] {
  const findings: Finding[] = [];
  if (country !== undefined && countryCode(country) !== country) {
    const near = suggest(nearestCountry(country));
    const message = `"${country}" is no country: write its name or an ISO 3166-1 code such as DE${near}`;
    findings.push({ path: ["country"], message });
  }
  if (language !== undefined && languageCode(language) !== language) {
    const near = suggest(nearestLanguage(language));
    const message = `"${language}" is no language: write its name or a BCP 47 code such as de${near}`;
    findings.push({ path: ["language"], message });
  }
  return findings;
}

function suggest(near: NamedCode | null): string {
  return near === null ? "" : `; did you mean ${near.name} (${near.code})?`;
}

function checkRegion({ country, region }: Source): Finding[] {
  if (region === undefined || country === undefined || countryCode(country) !== country) return [];
  const places = gazetteer();
  if (places.region(country, region).code !== null) return [];
  const near = places.nearestRegion(country, region);
  const hint = near === null ? "write its name, e.g. Guangdong" : `did you mean ${near.name}?`;
  return [{ path: ["region"], message: `"${region}" is no region of ${country}: ${hint}` }];
}

/** The list of places and their names. The reference is weak: the list is large and rarely used. */
let cachedPlaces: WeakRef<PlaceFinder> | null = null;

function gazetteer(): PlaceFinder {
  const places = cachedPlaces?.deref() ?? loadPlaces();
  cachedPlaces = new WeakRef(places);
  return places;
}

function checkTopics(declared: string[], topics: ReadonlySet<string>): Finding[] {
  return declared.flatMap((topic, index) => {
    if (topics.has(topic)) return [];
    const near = nearest(topic, topics);
    const hint = near === null ? `allowed: ${[...topics].join(", ")}` : `did you mean ${near}?`;
    const message = `"${topic}" isn't a topic; ${hint}`;
    return [{ path: ["topics", index], message }];
  });
}

function checkLogin(source: Source, secrets: Secrets | null): Finding[] {
  const { login, headers, allowHosts } = source;
  if (!login) return [];
  const findings: Finding[] = [];
  if (Object.keys(headers).some((name) => name.toLowerCase() === "cookie")) {
    findings.push({ path: ["headers"], message: "cookies are allowed only under login" });
  }
  const [first = ""] = urlsOf(source);
  for (const [index, { domain }] of login.cookies.entries()) {
    const own =
      domain === undefined || allowHosts.includes(domain) || siteContains(siteOf(first), domain);
    if (own) continue;
    const message = `${domain} belongs neither to the site ${siteOf(first)} nor to allowHosts`;
    findings.push({ path: ["login", "cookies", index, "domain"], message });
  }
  const checkSecret = (path: PropertyKey[], reference: string) => {
    try {
      secrets?.(reference);
    } catch (error) {
      findings.push({ path: ["login", ...path], message: `no secret: ${reason(error)}` });
    }
  };
  for (const [index, { value }] of login.cookies.entries())
    checkSecret(["cookies", index, "value"], value);
  for (const [index, step] of login.steps.entries())
    if ("value" in step) checkSecret(["steps", index, "value"], step.value);
  return findings;
}

function checkProxy({ proxy }: Source, secrets: Secrets | null): Finding[] {
  if (proxy === undefined || secrets === null || isProxyAddress(proxy)) return [];
  const finding = (message: string) => [{ path: ["proxy"], message }];
  try {
    if (isProxyAddress(secrets(proxy))) return [];
    return finding(`${proxy} doesn't contain http://[USER:PASSWORD@]HOST:PORT`);
  } catch (error) {
    return finding(`no secret: ${reason(error)}`);
  }
}

function siteContains(site: string | null, domain: string): boolean {
  const url = `https://${domain}`;
  // A public suffix such as `co.uk` belongs to no site.
  return site !== null && hostOf(url) !== null && siteOf(url) === site;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
