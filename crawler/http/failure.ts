import { type Cause, GiveUp, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import { EgressRefused } from "../egress/guard.ts";

const CAUSES: [RegExp, Cause][] = [
  [/^(ENOTFOUND|EAI_|ENODATA|EDNS)/, "dns"],
  [/TIMEOUT$|^ETIMEDOUT$/, "timeout"],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, "connect"],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_CLOSED)$/, "reset"],
  [/^(CERT_|ERR_TLS|ERR_SSL|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/, "tls"],
  [/^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES|ERR_INVALID|Z_)/, "bad-response"],
];

/** undici throws errors with these names for invalid HTTP, mostly without a code. */
const NOT_HTTP = new Set(["HTTPParserError", "AssertionError"]);

/** Returns `Skipped` if the guard refused the request, otherwise the failure with its cause. */
export function failureOf(error: unknown): Skipped | RetryLater | GiveUp {
  if (error instanceof RetryLater || error instanceof GiveUp) return error;
  const chain = causesOf(error);
  const refused = chain.find((each) => each instanceof EgressRefused);
  if (refused) return { skipped: "egress-refused", detail: refused.message };
  for (const each of chain) {
    const code = codeOf(each);
    const cause = CAUSES.find(([pattern]) => pattern.test(code))?.[1];
    if (cause) return failed(cause, `${code}: ${each.message}`, error);
  }
  const broken = chain.find(({ name }) => NOT_HTTP.has(name));
  if (broken)
    return failed("bad-response", `the response isn't valid HTTP: ${broken.message}`, error);
  return failed("unknown", chain[0]?.message ?? String(error), error);
}

function failed(cause: Cause, message: string, error: unknown): RetryLater {
  return new RetryLater(cause, message, { cause: error });
}

function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const inner = error instanceof AggregateError ? error.errors : [];
  return [error, ...[...inner, error.cause].flatMap(causesOf)];
}

function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : "";
}
