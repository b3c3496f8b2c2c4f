import { Gauge, type Registry } from "prom-client";
import type { BrowserPool } from "../../crawler/browser/browser.ts";
import { cached } from "../../lib/cache.ts";

/** How long one look at the browser's memory counts, ms: it reads a file of each of its processes. */
const LOOK = 30_000;

/** Adds what is true of the browser of this process; all are 0 while none runs. */
export function addBrowser(registry: Registry, { look }: Pick<BrowserPool, "look">): Registry {
  const last = cached(() => look(), { ttl: LOOK, size: 1 });
  const gauge = (name: string, help: string, read: () => Promise<number>) => {
    const registers = [registry];
    const one: Gauge = new Gauge({
      name,
      help,
      registers,
      collect: async () => one.set(await read()),
    });
  };
  gauge("newsgather_browser_age_seconds", "How long the browser has run", async () => {
    const { startedAt = null } = (await last.get("")) ?? {};
    return startedAt === null ? 0 : (Date.now() - startedAt) / 1000;
  });
  gauge(
    "newsgather_browser_pages",
    "Pages that the browser has rendered since it was started",
    async () => (await last.get(""))?.pages ?? 0,
  );
  gauge(
    "newsgather_browser_memory_bytes",
    "Memory (PSS) of the browser's processes; 0 for one on another machine",
    async () => (await last.get(""))?.memory ?? 0,
  );
  return registry;
}
