import { type Secrets, secretOf } from "../../config/secrets.ts";
import { GiveUp } from "../../model/crawl/outcome.ts";
import { isProxyAddress } from "../../model/sources/login.ts";
import type { Source } from "../../model/sources/source.ts";
import type { Upstream } from "./tunnel.ts";

/** Returns a source's proxy, if any. Throws `GiveUp` with the reason `proxy` if it is unusable. */
export type ProxyOf = (source: Pick<Source, "proxy">) => Upstream | null;

export function proxiesIn(secrets: Secrets): ProxyOf {
  return ({ proxy: name }) => {
    if (name === undefined) return null;
    // Whoever writes source files isn't necessarily allowed to reach the machine's internal network. Whoever sets
    // its secrets is.
    if (isProxyAddress(name)) return { name, url: name, guarded: true };
    const url = secretOf(secrets, name, "proxy");
    if (isProxyAddress(url)) return { name, url, guarded: false };
    throw new GiveUp("proxy", `${name} doesn't contain http://[USER:PASSWORD@]HOST:PORT`);
  };
}
