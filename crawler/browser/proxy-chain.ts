import type { Upstream } from "../egress/tunnel.ts";
import type { Proxy } from "./proxy.ts";

/** The guard's proxies before those that sources name. */
export interface ChainedProxies {
  through(upstream: Upstream): Promise<Proxy>;
  close(): Promise<void>;
}

/** Proxies that are kept; of more the one unused for longest is closed. */
const KEPT = 16;

/** Starts one for each when it is first asked for. */
export function chainedProxies(start: (upstream: Upstream) => Promise<Proxy>): ChainedProxies {
  const started = new Map<string, Promise<Proxy>>();
  const end = (proxy: Promise<Proxy>) =>
    proxy.then(
      (one) => one.close(),
      () => {},
    );
  return {
    through(upstream) {
      const proxy = started.get(upstream.url) ?? start(upstream);
      started.delete(upstream.url);
      started.set(upstream.url, proxy);
      const [oldest] = started.entries();
      if (started.size > KEPT && oldest) {
        started.delete(oldest[0]);
        void end(oldest[1]);
      }
      return proxy;
    },
    async close() {
      await Promise.all([...started.values()].map(end));
    },
  };
}
