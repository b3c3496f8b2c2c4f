import type { Cause } from "../../model/failure.ts";

/** Why a site can't be reached: its class, and what to tell. */
export interface Silence {
  cause: Cause;
  words: string;
}

type Tell = (at: { host: string; port: string; detail: string }) => string;

const KINDS: readonly (readonly [pattern: RegExp, cause: Cause, tell: Tell])[] = [
  [
    /\b(ENOTFOUND|ENODATA)\b/,
    "dns",
    ({ host }) => `${host} doesn't exist: the DNS knows no such name. Check how it is spelt`,
  ],
  [
    /\b(EAI_AGAIN|EDNS)/,
    "dns",
    ({ host }) =>
      `the DNS gives no answer for ${host}: check this machine's network, or try again later`,
  ],
  [
    /\bECONNREFUSED\b/,
    "connect",
    ({ host, port }) => `nothing answers at ${host}: it refuses connections to port ${port}`,
  ],
  [
    /\b(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)\b/,
    "connect",
    ({ host }) => `there is no way to ${host}: check this machine's network`,
  ],
  [
    /\b(EPROTO|ERR_SSL_\w+)\b/,
    "connect",
    ({ host, port }) => `${host} doesn't speak TLS at port ${port}`,
  ],
  [
    /\b(CERT_\w+|ERR_TLS_\w+|DEPTH_ZERO_\w+|SELF_SIGNED_\w+|UNABLE_TO_\w+)\b/,
    "tls",
    ({ host, detail }) => `TLS with ${host} fails, its certificate can't be trusted: ${detail}`,
  ],
  [
    /TIMEOUT\b|\bETIMEDOUT\b|took over/,
    "timeout",
    ({ host, detail }) => `nothing answers at ${host} in time: ${detail}`,
  ],
  [
    /\b(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_CLOSED)\b/,
    "reset",
    ({ host, port }) => `${host} ends connections to port ${port} without an answer`,
  ],
];

/** Why an address can't be reached, read from what a request failed with; null where it is something else. */
export function silenceOf(url: string, why: string): Silence | null {
  const { hostname: host, port: given, protocol } = new URL(url);
  const port = given || (protocol === "https:" ? "443" : "80");
  for (const [pattern, cause, tell] of KINDS) {
    if (!pattern.test(why)) continue;
    const [detail = why] = /[A-Z_]{4,}: .*$/.exec(why.replace(/\)$/, "")) ?? [];
    return { cause, words: tell({ host, port, detail }) };
  }
  return null;
}
