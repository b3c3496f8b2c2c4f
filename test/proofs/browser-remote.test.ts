import { readFile } from "node:fs/promises";
import { type BrowserServer, chromium } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BrowserPool, createBrowser } from "../../crawler/browser/browser.ts";
import { type Proxy, startProxy } from "../../crawler/browser/proxy.ts";
import { createGuard } from "../../crawler/egress/guard.ts";
import { chromiumPath } from "../helpers/chromium.ts";
import { type Loopback, listen } from "../helpers/loopback.ts";

const executablePath = await chromiumPath();
let remote: BrowserServer;
let site: Loopback;
let canary: Loopback;
let proxy: Proxy;
let browser: BrowserPool;

beforeAll(async () => {
  canary = await listen("127.0.0.1", (_, response) => response.end("canary"));
  site = await listen("127.1.9.6", (_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<p>${"Tallinn votes online. ".repeat(60)}<img src="http://127.0.0.1:${canary.port}/x">
      <script>fetch("http://localhost:${canary.port}/").catch(() => {})</script>`);
  });
  // A stand-in for a browser elsewhere, started as an operator would: it opens this test's pages only.
  const file = new URL("../../deploy/browser/server.json", import.meta.url);
  const asWritten = JSON.parse(await readFile(file, "utf8")) as object;
  const here = { executablePath, chromiumSandbox: false, port: 0 };
  remote = await chromium.launchServer({ ...asWritten, ...here });
  proxy = await startProxy(createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] }));
  browser = createBrowser({
    executablePath,
    wsEndpoint: remote.wsEndpoint(),
    sandbox: true,
    proxy,
    userAgent: "TestGather/1",
    limits: { stable: 2000 },
  });
});

afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await remote?.close();
  await site?.close();
  await canary?.close();
});

test("a remote browser goes out through the same proxy", async () => {
  const turn = await browser.open();
  const answer = await turn.render({ url: `${site.origin}/a` });
  expect(answer).toMatchObject({ status: 200, address: "127.1.9.6" });
  await turn.close();
  expect(proxy.counts.requests).toBeGreaterThan(0);
  expect(canary.hits()).toBe(0);
});

test("a remote browser that was killed is reported, not waited for", async () => {
  const turn = await browser.open();
  await remote.kill();
  await expect(turn.render({ url: `${site.origin}/b` })).rejects.toMatchObject({
    reason: "browser",
  });
  await expect(browser.open()).rejects.toMatchObject({ name: "RetryLater", reason: "browser" });
});
