import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type BrowserPool, createBrowser } from "../../../crawler/browser/browser.ts";
import { type Proxy, startProxy } from "../../../crawler/browser/proxy.ts";
import { createGuard } from "../../../crawler/egress/guard.ts";
import {
  browserPids,
  chromiumPath,
  chromiumPids,
  commandOf,
  statusOf,
  systemUser,
} from "../../helpers/chromium.ts";
import { type Loopback, listen } from "../../helpers/loopback.ts";

const executablePath = await chromiumPath();
const user = systemUser();
const pages: Record<string, string> = {
  "/plain": `<p>${"The port of Aarhus shares its data. ".repeat(40)}`,
  "/loop": "<p>x</p><script>setTimeout(() => { for(;;); }, 50)</script>",
  "/bomb": "<script>const all = []; for(;;) all.push(new Array(1e6).fill({}))</script>",
};
let site: Loopback;
let proxy: Proxy;
let browser: BrowserPool;

function create(limits: { pages?: number }): BrowserPool {
  return createBrowser({
    executablePath,
    user,
    sandbox: true,
    proxy,
    userAgent: "TestGather/1",
    limits: { stable: 2000, ...limits },
  });
}

beforeAll(async () => {
  site = await listen("127.1.9.7", (request, response) => {
    response.setHeader("content-type", "text/html").end(pages[request.url ?? ""] ?? "");
  });
  proxy = await startProxy(createGuard({ hosts: new Map(), allowNetworks: ["127.1.0.0/16"] }));
  browser = create({});
});

afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  await site?.close();
});

async function render(path: string) {
  const turn = await browser.open();
  try {
    return await turn.render({ url: `${site.origin}${path}` });
  } finally {
    await turn.close();
  }
}

describe("life of the browser", () => {
  test("a page in an endless loop ends its turn, the next turn is fine", async () => {
    await expect(render("/loop")).rejects.toMatchObject({ name: "RetryLater", reason: "browser" });
    expect(await render("/plain")).toMatchObject({ status: 200 });
  });

  test("a page that eats all memory crashes alone", async () => {
    await render("/plain");
    const pids = browserPids();
    await expect(render("/bomb")).rejects.toMatchObject({ name: "RetryLater", reason: "browser" });
    expect(await render("/plain")).toMatchObject({ status: 200 });
    expect(browserPids()).toEqual(pids);
  });

  test("a killed browser is replaced", async () => {
    await render("/plain");
    const pids = browserPids();
    for (const pid of pids) process.kill(pid, "SIGKILL");
    const areGone = () => pids.every((pid) => commandOf(pid) === "");
    await vi.waitUntil(areGone, { timeout: 30_000, interval: 20 });
    // A turn that begins before its end was noticed is put off.
    await vi.waitFor(async () => expect(await render("/plain")).toMatchObject({ status: 200 }), {
      timeout: 30_000,
    });
    expect(browserPids().some((pid) => pids.includes(pid))).toBe(false);
  });

  test("it is replaced after its number of pages, its folder removed", async () => {
    const small = create({ pages: 1 });
    const before = new Set(browserPids());
    const fresh = () => browserPids().filter((pid) => !before.has(pid));
    const first = await small.open();
    expect(first.worn()).toBe(false);
    await first.render({ url: `${site.origin}/plain` });
    expect(first.worn()).toBe(true);
    const pids = fresh();
    expect(pids.length).toBeGreaterThan(0);
    await first.close();
    const second = await small.open();
    expect(fresh().some((pid) => pids.includes(pid))).toBe(false);
    await second.close();
    await small.close();
    expect(fresh()).toEqual([]);
  });

  test.skipIf(user === null)("Chromium runs as its own user, with its sandbox", async () => {
    const turn = await browser.open();
    await turn.render({ url: `${site.origin}/plain` });
    const pids = browserPids();
    expect(pids.length).toBeGreaterThan(0);
    for (const pid of pids) {
      expect(statusOf(pid, "Uid").split(/\s+/)).toEqual(Array(4).fill(`${user?.uid}`));
      expect(statusOf(pid, "Groups")).toBe("");
      expect(commandOf(pid)).not.toContain("--no-sandbox");
    }
    // Renderers live in a namespace of their own and behind a system call filter.
    const renderers = chromiumPids().filter((pid) => commandOf(pid).includes("--type=renderer"));
    expect(renderers.length).toBeGreaterThan(0);
    for (const pid of renderers) expect(statusOf(pid, "Seccomp")).toBe("2");
    await turn.close();
  });
});
