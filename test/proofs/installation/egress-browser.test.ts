import { chromium } from "playwright";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type BrowserPool, createBrowser } from "../../../crawler/browser/browser.ts";
import { type Proxy, startProxy } from "../../../crawler/browser/proxy.ts";
import { createGuard, parseHosts, type Resolve } from "../../../crawler/egress/guard.ts";
import type { Received } from "../../../crawler/http/response.ts";
import { ReleaseStack } from "../../../lib/async.ts";
import { sleep } from "../../../lib/time.ts";
import { isSkipped, type Skipped } from "../../../model/crawl/outcome.ts";
import { type Canary, openCanary } from "../../helpers/canary.ts";
import { chromiumPath, systemUser } from "../../helpers/chromium.ts";
import { hostilePage, LIGHT, VECTORS } from "../../helpers/hostile-page.ts";
import { type Loopback, listen } from "../../helpers/loopback.ts";
import { measured } from "../../helpers/measured.ts";
import { isVerify } from "../../helpers/size.ts";
import { ATTACKS, INSIDE_NAMES } from "../../helpers/spellings.ts";

const executablePath = await chromiumPath();
const text = "The harbour office publishes berth times every morning. ".repeat(20);
const pages: Record<string, string> = {};
/** Requests that a page makes of each spelling at least, over all its ways out. */
const LEAST_REFUSED = 5;
let canary: Canary;
let site: Loopback;
let stack = new ReleaseStack();

beforeAll(async () => {
  canary = await openCanary();
  site = await listen("127.1.9.31", (request, response) => {
    const url = request.url ?? "";
    const to = /^\/to\/(.*)$/.exec(url)?.[1];
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (to === undefined) response.end(pages[url] ?? "");
    else response.writeHead(302, { location: Buffer.from(to, "hex").toString("latin1") }).end();
  });
});

afterEach(async () => {
  const opened = stack;
  stack = new ReleaseStack();
  await opened.close();
});

afterAll(async () => {
  await site?.close();
  await canary?.close();
});

interface Opened {
  proxy: Proxy;
  browser: BrowserPool;
  /** Names that the guard was asked to resolve. */
  resolved: string[];
}

/** A browser as the pipeline has it, behind a guard that allows these networks. */
async function open(allowNetworks: string[], stable = 1500): Promise<Opened> {
  const resolved: string[] = [];
  const resolve: Resolve = (name, _, callback) => {
    resolved.push(name);
    if (name === "localhost") callback(null, [{ address: "127.0.0.1", family: 4 }]);
    else callback(new Error(`${name} is not known`), []);
  };
  const guard = createGuard({ hosts: parseHosts(INSIDE_NAMES), allowNetworks, resolve });
  const proxy = await startProxy(guard);
  stack.add("proxy", () => proxy.close());
  const browser = createBrowser({
    executablePath,
    user: systemUser(),
    sandbox: true,
    proxy,
    userAgent: "TestGather/1",
    limits: { stable, call: 60_000, pages: 1000 },
  });
  stack.add("browser", () => browser.close());
  return { proxy, browser, resolved };
}

/** So many of the values, spread over all of them. */
function sample<T>(values: readonly T[], count: number): T[] {
  const step = values.length / count;
  return Array.from({ length: count }, (_, index) => values[Math.floor(index * step)] as T);
}

/** Renders a page and leaves it open until all that it started is known to have come to its end. */
async function render(
  browser: BrowserPool,
  path: string,
  ended = () => sleep(1000),
): Promise<Received | Skipped> {
  const turn = await browser.open();
  try {
    const answer = await turn.render({ url: `${site.origin}${path}` });
    await ended();
    return answer;
  } finally {
    await turn.close();
  }
}

test("the canary sings: with our own machine allowed, every way but UDP reaches it", async () => {
  pages["/hostile"] = hostilePage(["127.0.0.1"], canary.port, text);
  const { browser } = await open(["127.0.0.0/8"]);
  expect(isSkipped(await render(browser, "/hostile"))).toBe(false);
  const reached = VECTORS.filter((name) => canary.requests.includes(`/${name}`));
  // The browser loads no pictures.
  expect(reached).toEqual(VECTORS.filter((name) => name !== "image"));
  expect(canary.packets()).toBe(0);
});

test("the canary sings: a plain browser's WebRTC reaches it over UDP", async () => {
  pages["/hostile"] = hostilePage(["127.0.0.1"], canary.port, text);
  const plain = await chromium.launch({ executablePath, chromiumSandbox: false });
  stack.add("plain", () => plain.close());
  const page = await plain.newPage();
  await page.goto(`${site.origin}/hostile`);
  await expect.poll(() => canary.packets(), { timeout: 10_000 }).toBeGreaterThan(0);
});

test("no part of a page reaches an inner address, whatever its spelling", async () => {
  const before = [canary.hits(), canary.packets()];
  const { browser, proxy } = await open(["127.1.0.0/16"]);
  const heavy = isVerify ? ATTACKS : ["127.0.0.1", "[::ffff:7f00:1]", "evil.example"];
  for (const [hosts, size, vectors] of [
    [ATTACKS, 40, LIGHT],
    [heavy, 3, VECTORS],
  ] as const) {
    for (let at = 0; at < hosts.length; at += size) {
      const some = hosts.slice(at, at + size);
      const least = proxy.counts.refused + some.length * LEAST_REFUSED;
      pages["/hostile"] = hostilePage(some, canary.port, text, vectors);
      const ended = async () => {
        await expect
          .poll(() => proxy.counts.refused, { timeout: 60_000 })
          .toBeGreaterThanOrEqual(least);
        await sleep(500);
      };
      expect(isSkipped(await render(browser, "/hostile", ended))).toBe(false);
    }
  }
  const { refused, requests, tunnels } = proxy.counts;
  measured(`${ATTACKS.length} spellings in pages: ${refused} refused of ${requests + tunnels}`);
  expect([canary.hits(), canary.packets()]).toEqual(before);
});

test("no page is opened at an inner address, whatever its spelling, nor by a redirect", async () => {
  const before = canary.hits();
  const { browser } = await open(["127.1.0.0/16"], 100);
  const turn = await browser.open();
  for (const host of isVerify ? ATTACKS : sample(ATTACKS, 64)) {
    const url = `http://${host}:${canary.port}/page`;
    expect([host, await turn.render({ url })]).toEqual([
      host,
      expect.objectContaining({ skipped: "egress-refused" }),
    ]);
  }
  const hop = Buffer.from(`http://127.0.0.1:${canary.port}/hop`).toString("hex");
  expect(await turn.render({ url: `${site.origin}/to/${hop}` })).toMatchObject({ status: 302 });
  await turn.close();
  expect(canary.hits()).toBe(before);
});

test("the browser's own calls to its vendor, and a page's, are refused", async () => {
  const vendor = ["update.googleapis.com", "accounts.google.com", "redirector.gvt1.com"];
  const calls = vendor.map(
    (host) => `fetch("https://${host}/", { mode: "no-cors" }).catch(() => {});`,
  );
  pages["/vendor"] = `<p>${text}<script>${calls.join("")}</script>`;
  const { browser, proxy, resolved } = await open(["127.1.0.0/16"]);
  await render(browser, "/vendor");
  for (const host of vendor) {
    expect(proxy.errorOf(`${host}:443`)).toMatchObject({
      name: "EgressRefused",
      message: `egress refused: ${host} is a host of the browser's vendor`,
    });
  }
  // The page's site is an address: what Chromium wanted by itself came no further than the list.
  expect(resolved).toEqual([]);
});
