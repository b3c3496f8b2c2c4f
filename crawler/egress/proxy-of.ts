import type { Secrets } from "../../config/secrets.ts";
import { GiveUp, RetryLater } from "../../model/crawl/failure.ts";
import { isProxyAddress } from "../../model/sources/login.ts";
import type { Source } from "../../model/sources/source.ts";
import type { Upstream } from "./tunnel.ts";

/** Returns the proxy of a source; null without one. Throws `GiveUp` (`proxy`) when it can't be found. */
export type ProxyOf = (source: Pick<Source, "proxy">) => Upstream | null;

/** Returns the proxies of sources, from `secrets` or the source files. */
export function proxiesIn(secrets: Secrets): ProxyOf {
  return ({ proxy: name }) => {
    if (name === undefined) return null;
    // Who may write sources isn't who runs the machine: only the latter may point at its inside.
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

/** Whether the proxy of a source is to blame, which says nothing of the host. */
export function blamesProxy(error: unknown): error is RetryLater | GiveUp {
  return (error instanceof RetryLater || error instanceof GiveUp) && error.reason === "proxy";
}
