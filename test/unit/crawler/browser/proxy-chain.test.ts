import { expect, test } from "vitest";
import { chainedProxies, startProxy } from "../../../../crawler/browser/proxy.ts";
import { createGuard } from "../../../../crawler/egress/guard.ts";
import type { Upstream } from "../../../../crawler/egress/tunnel.ts";

const upstream = (port: number, name = "env:SECRET_PROXY"): Upstream => ({
  name,
  url: `http://127.0.0.1:${port}`,
  guarded: false,
});

/** Chained proxies, and the URLs of those that were started and closed. */
function openChained() {
  const started: string[] = [];
  const closed: string[] = [];
  const guard = createGuard({ hosts: new Map(), allowNetworks: [] });
  const chained = chainedProxies(async (one) => {
    started.push(one.url);
    const proxy = await startProxy(guard, one);
    return {
      ...proxy,
      close: () => {
        closed.push(one.url);
        return proxy.close();
      },
    };
  });
  return { chained, started, closed };
}

test("a proxy is started once for each URL", async () => {
  const { chained, started } = openChained();
  const first = await chained.through(upstream(1));
  expect(await chained.through(upstream(1))).toBe(first);
  expect(started).toHaveLength(1);
  await chained.close();
});

test("two proxies of one name with different URLs are kept apart", async () => {
  const { chained } = openChained();
  const first = await chained.through(upstream(1));
  expect(await chained.through(upstream(2))).not.toBe(first);
  await chained.close();
});

test("of more than sixteen proxies the one unused for longest is closed", async () => {
  const { chained, closed } = openChained();
  for (let port = 1; port <= 16; port++) await chained.through(upstream(port));
  expect(closed).toEqual([]);
  await chained.through(upstream(1));
  await chained.through(upstream(17));
  await expect.poll(() => closed, { timeout: 20_000 }).toEqual([upstream(2).url]);
  await chained.close();
});
