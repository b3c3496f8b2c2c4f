import type { Secrets } from "../../config/secrets.ts";
import { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import { isProxyAddress } from "../../model/sources/login.ts";
import type { Source } from "../../model/sources/source.ts";
import type { Upstream } from "./tunnel.ts";

/**
 * Returns the proxy of a source; null if the source has none. Throws a `GiveUp` with the reason
 * `proxy` if the secret with the proxy's URL is missing or invalid.
 */
export type ProxyOf = (source: Pick<Source, "proxy">) => Upstream | null;

/**
 * Returns a function that finds a source's proxy. The source's `proxy` is a URL, or a reference to
 * a secret that contains a URL.
 */
export function proxiesIn(secrets: Secrets): ProxyOf {
  return ({ proxy: name }) => {
    if (name === undefined) return null;
    // Whoever writes source files isn't necessarily allowed to reach the machine's internal network. Whoever sets
    // its secrets is.
    if (isProxyAddress(name)) return { name, url: name, guarded: true };
    const url = valueOf(secrets, name);
    if (isProxyAddress(url)) return { name, url, guarded: false };
    throw new GiveUp("proxy", `${name} doesn't contain http://[USER:PASSWORD@]HOST:PORT`);
  };
}

function valueOf(secrets: Secrets, reference: string): string {
  try {
    return secrets(reference);
  } catch (error) {
    const why = error instanceof Error ? error.message : "can't be read";
    throw new GiveUp("proxy", `a secret is missing: ${why}`);
  }
}

/**
 * Returns whether an error was caused by the source's proxy, and so says nothing about the site.
 */
export function blamesProxy(error: unknown): error is RetryLater | GiveUp {
  return (error instanceof RetryLater || error instanceof GiveUp) && error.reason === "proxy";
}
