import type { Api, ProblemDetails } from "./types.ts";

export interface CallParams<Name extends keyof Api> {
  /** Values of the placeholders in the path, by name; missing if the path has none. */
  path?: Record<string, string>;
  query?: PartOf<Name, "query"> | undefined;
  body?: PartOf<Name, "body"> | undefined;
  signal?: AbortSignal | undefined;
}

type PartOf<Name extends keyof Api, Part extends string> =
  Api[Name] extends Record<Part, infer Value> ? Value : never;

/**
 * Calls an operation of the API and returns the response's body. Throws a `ProblemError` for an
 * error response, or the error of `fetch`.
 */
export type Call = <Name extends keyof Api>(
  name: Name,
  params?: CallParams<Name>,
) => Promise<Api[Name]["answer"]>;

/** An error response of the API (RFC 9457): `code` is for programs, the message says what to do. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly status: number;
  readonly code: string;
  /** The request's id in the server's log; null if, for example, a proxy responded instead. */
  readonly requestId: string | null;
  /** How long the server asks to wait before the next attempt, ms; null if it doesn't say. */
  readonly retryAfter: number | null;

  constructor(
    details: Pick<ProblemDetails, "status" | "code" | "detail">,
    headers: Headers,
    id?: string,
  ) {
    super(details.detail);
    this.status = details.status;
    this.code = details.code;
    this.requestId = id ?? null;
    this.retryAfter = millisecondsOf(headers.get("retry-after"));
  }
}

const RESPONSE_TIMEOUT_MS = 30_000;

/** Returns a function that calls the API. Throws a `TypeError` for an invalid URL or key. */
export function caller(base: string, key?: string): Call {
  if (!/^https?:\/\/./.test(base)) {
    throw new TypeError(`${base}: the server's address begins with http:// or https://`);
  }
  if (!URL.canParse(base)) throw new TypeError(`${base} isn't a valid URL`);
  const { username, password } = new URL(base);
  if (username || password) throw new TypeError("the server's address can't contain a password");
  // Rejects an invalid key at once: `fetch` would report it like a failed connection.
  const common = new Headers({ accept: "application/json" });
  if (key !== undefined) common.set("authorization", `Bearer ${key}`);
  const root = base.replace(/\/+$/, "");
  return async (name, { path = {}, query, body, signal } = {}) => {
    const [method = "", template = ""] = name.split(" ");
    const filled = template.replace(/\{(\w+)\}/g, (_, part) =>
      encodeURIComponent(path[part] ?? ""),
    );
    const search = new URLSearchParams();
    const words: Record<string, string | number | undefined> = query ?? {};
    for (const [field, value] of Object.entries(words)) {
      if (value !== undefined) search.set(field, String(value));
    }
    const { wait = 0 }: { wait?: number } = query ?? body ?? {};
    const late = AbortSignal.timeout(wait * 1000 + RESPONSE_TIMEOUT_MS);
    const headers = new Headers(common);
    if (body) headers.set("content-type", "application/json");
    const answer = await fetch(
      `${root}${filled}${search.size > 0 ? `?${search.toString()}` : ""}`,
      {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
        signal: signal ? AbortSignal.any([signal, late]) : late,
      },
    );
    if (!answer.ok) throw await problemOf(answer);
    return (await answer.json()) as Api[typeof name]["answer"];
  };
}

async function problemOf(answer: Response): Promise<ProblemError> {
  const { status, headers } = answer;
  const text = await answer.text();
  const isProblem = headers.get("content-type")?.startsWith("application/problem+json");
  // Only Newsgather's problems have all fields; a proxy's can lack any.
  const details = isProblem ? detailsIn(text) : {};
  const {
    code = "no-problem-details",
    detail = `${status} without a reason that programs can read: ${text.slice(0, 200)}`,
  } = details;
  return new ProblemError({ status, code, detail }, headers, details.request_id);
}

function detailsIn(text: string): Partial<ProblemDetails> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<ProblemDetails>;
  } catch {
    return {};
  }
}

function millisecondsOf(after: string | null): number | null {
  if (after === null) return null;
  const ms = /^\d+$/.test(after) ? Number(after) * 1000 : Date.parse(after) - Date.now();
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
