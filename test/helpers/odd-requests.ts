import { readdirSync, readFileSync } from "node:fs";
import {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  dictionary,
  oneof,
  option,
  record,
  string,
  tuple,
  uniqueArray,
} from "fast-check";

/** A request with possibly odd values in each part. */
export interface OddRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  payload: string | null;
}

const root = new URL("../../", import.meta.url);
const cursor = (text: string) => Buffer.from(text).toString("base64url");

/** Values for any place: limits of ranges, other types, foreign syntax. */
const ODD = [
  ..."0|1|-1|-0|0.5|1e9|1e400|2147483648|9007199254740993|99999999999999999999|NaN|Infinity|0x10|true|null|undefined|[]|{}".split(
    "|",
  ),
  ..."0000-01-01|0001-01-01|1000-01-01|1969-12-31|1970-01-01|2026-02-29|2026-11-25|9998-12-31|9999-12-31|+275760-09-13T00:00:00Z|-000001-01-01T00:00:00Z".split(
    "|",
  ),
  ..."0000-01-01T00:00:00Z|9999-12-31T23:59:59Z|9999-12-31T23:59|2026-11-25T08:00|2026-11-25T08:00:00+23:59|yesterday|30d".split(
    "|",
  ),
  ...[
    "list:0:a-1",
    "list:999999999999999:a-1",
    "list:-999999999999999:a-1",
    "changes:0",
    "changes:999999999999999",
    "changes:1:999999",
    "snapshot:999999999999999:0:999999999999999:a-1",
    "snapshot:0:0:-999999999999999:a-1",
  ].map(cursor),
  ..."a-1|a-2|s1|s2|run-1|c-1|p-1|wh-1|d-1|view-1|all|smart-city|DE|DE-BE|en|de|Berlin".split("|"),
  ..."2026-11-25.xml|9999-12-31.xml|2026-11-25-9999.xml|all.atom|a-1.json|smart-city.rss|volume|articles|json|sse|ndjson".split(
    "|",
  ),
  ...'start|latest|now|stories|title:x|title:(|"|a AND|NOT|-|*|a*|topic:|since:2026|(((((|^a|NEAR(a b)'.split(
    "|",
  ),
  ..."..|../../etc/passwd|%|%E0%A4%A|%00|a/b|a%2Fb|?|#|&|=|;|,|,,,|a,b,c|__proto__|constructor|toString|$where|$gt".split(
    "|",
  ),
  ..."http://127.1.0.1:1/|http://[|file:///etc/passwd|javascript:1|//x|<b>|'|\\|{{x}}|${x}|h1|h1 > a|a[|:has(:has(".split(
    "|",
  ),
  "",
  " ",
  "\0",
  "\u202e",
  "\ud800",
  "ä",
  "😀",
  "x".repeat(300),
  "x".repeat(5000),
  "(".repeat(400),
  "a,".repeat(900),
];

const METHODS = ["GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
const HEADERS: Record<string, string[]> = {
  accept: [
    "text/html",
    "application/json",
    "application/x-ndjson",
    "*/*",
    "",
    ";q=",
    "x".repeat(9000),
  ],
  "accept-encoding": ["gzip", "br;q=0", "identity;q=0", "gzip;q=nonsense", ""],
  "accept-language": ["de", "xx-", ";"],
  "if-none-match": ["*", '"', 'W/"x"', ","],
  "if-modified-since": ["yesterday", "Wed, 25 Nov 99999 10:00:00 GMT"],
  "last-event-id": ODD,
  "idempotency-key": ["a", "", "x".repeat(300), "\u00ff"],
  "cache-control": ["no-cache", "max-age=0", "x"],
  range: ["bytes=0-0", "bytes=-", "bytes=9999999999999-"],
  cookie: ["newsgather=x", "=", ";;;", "newsgather=%E0%A4%A"],
  "x-forwarded-for": ["x", "::1", ",,,"],
  "x-hub-signature": ["sha1=", "sha256=00", "x"],
  host: ["localhost", "evil.example", "[", ""],
  referer: ["x", "http://["],
  "sec-fetch-site": ["cross-site", "x"],
  origin: ["null", "http://["],
  "user-agent": ["", "x".repeat(4000)],
};
const TYPES = [
  "application/json",
  "application/x-www-form-urlencoded",
  "text/plain",
  "application/xml",
  "multipart/form-data",
  "x",
];

/**
 * Returns the parameter names in code: those in a route's own file, which are most likely its own, and those in all
 * files.
 */
function namesIn(files: { text: string }[]): string[] {
  const found = files.flatMap(({ text }) => [...text.matchAll(/^\s+"?([a-z][\w.]*)"?: /gm)]);
  return [...new Set(found.map(([, name]) => name ?? ""))].toSorted();
}

const FILES = ["web/"].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => ({ text: readFileSync(new URL(folder + name, root), "utf8") })),
);
const EVERYWHERE = namesIn(FILES);
/** Parameters that routes in several files share. */
const SHARED = ["cursor", "limit", "before", "after", "id", "view", "topic", "fields", "page"];

function namesOf(path: string): string[] {
  const own = path.replace(/^\/de(?=\/|$)/, "") || "/";
  const files = FILES.filter(({ text }) => text.includes(`"${own}"`));
  return [...new Set([...namesIn(files), ...SHARED])];
}

/** Generates requests to these routes (`METHOD path`); most of them have `headers`. */
export function oddRequest(
  routes: readonly string[],
  headers: Record<string, string>,
): Arbitrary<OddRequest> {
  return constantFrom(...routes).chain((route) => {
    const [method = "", path = ""] = route.split(" ");
    const names = constantFrom(...namesOf(path), ...namesOf(path), ...EVERYWHERE.slice(0, 20));
    const value = oneof(
      { weight: 9, arbitrary: constantFrom(...ODD) },
      { weight: 1, arbitrary: string() },
    );
    const pairs = array(tuple(names, value), { maxLength: 5 });
    return record({
      method: oneof(
        { weight: 9, arbitrary: constant(method) },
        { weight: 1, arbitrary: constantFrom(...METHODS) },
      ),
      parts: array(
        tuple(
          value,
          constantFrom(encodeURIComponent, (text: string) => text),
        ),
        { minLength: 4, maxLength: 4 },
      ),
      query: pairs,
      body: option(
        oneof(
          pairs.map(asJson),
          pairs.map(asForm),
          constantFrom("", "{", "null", "[]", '"x"', "x".repeat(70_000)),
          dictionary(string(), string()).map(asJson),
        ),
        { nil: null },
      ),
      type: constantFrom(...TYPES),
      headerNames: uniqueArray(constantFrom(...Object.keys(HEADERS)), { maxLength: 3 }),
      pick: array(constantFrom(...Array.from({ length: 97 }, (_, n) => n)), {
        minLength: 3,
        maxLength: 3,
      }),
      known: constantFrom(true, true, true, true, false),
    }).map(({ method: methods, parts, query, body, type, headerNames, pick, known }) => {
      const left = [...parts];
      const at = path.replaceAll(/:\w+|\*/g, () => {
        const [text = "", encode = encodeURIComponent] = left.shift() ?? [];
        return safely(encode, text);
      });
      const search = query
        .map(([name, text]) => `${name}=${safely(encodeURIComponent, text)}`)
        .join("&");
      const odd = headerNames.map((name, n) => {
        const values = HEADERS[name] ?? [];
        return [name, headerOf(values[(pick[n] ?? 0) % values.length] ?? "")] as const;
      });
      const takesBody = body !== null && !["GET", "HEAD"].includes(methods);
      return {
        method: methods,
        url: `${at.startsWith("/") ? "" : "/"}${at}${search && `?${search}`}`,
        headers: {
          ...(known && headers),
          ...Object.fromEntries(odd),
          ...(takesBody && { "content-type": bodyType(body, type) }),
        },
        payload: takesBody ? body : null,
      };
    });
  });
}

/** Returns the body's media type; usually the right one. */
function bodyType(body: string, type: string): string {
  if (type === "x" || type === "text/plain") return type;
  return body.startsWith("{") ? "application/json" : type;
}

/** Removes control characters from a header, which the client itself refuses. */
function headerOf(text: string): string {
  return text.replaceAll(/[^\x20-\x7e\x80-\xff]/g, "?");
}

function wellFormed(text: string): string {
  return text.replaceAll(/\p{Surrogate}/gu, "\ufffd");
}

/** Encodes a text, with a replacement character for anything that can't be encoded. */
function safely(encode: (text: string) => string, text: string): string {
  return encode(wellFormed(text)).replaceAll(/[\0-\x20]/g, (one) => encodeURIComponent(one));
}

function asJson(pairs: [string, string][] | Record<string, string>): string {
  const entries = Array.isArray(pairs) ? pairs : Object.entries(pairs);
  return JSON.stringify(Object.fromEntries(entries.map(([name, text]) => [name, jsonValue(text)])));
}

/** Returns numbers, lists and objects as such, so that fields of other types than text are reached. */
function jsonValue(text: string): unknown {
  if (/^(-?(0|[1-9]\d{0,14})(\.\d+)?|true|null|\[\]|\{\})$/.test(text))
    return JSON.parse(text) as unknown;
  return text;
}

function asForm(pairs: [string, string][]): string {
  const form = new URLSearchParams();
  for (const [name, text] of pairs) form.append(name, wellFormed(text));
  return form.toString();
}
