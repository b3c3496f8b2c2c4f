import { type BrowserPool, createBrowser } from "../../crawler/browser/browser.ts";
import { startProxy } from "../../crawler/browser/proxy.ts";
import { createGuard } from "../../crawler/egress/guard.ts";
import type { ReleaseStack } from "../../lib/async.ts";
import { chromiumPath, systemUser } from "./chromium.ts";
import { SITES } from "./watched-site.ts";

/** Opens a real browser that reaches the sites of `SITES`; `stack` closes it. */
export async function openSiteBrowser(
  stack: ReleaseStack,
  limits: { stable?: number } = {},
): Promise<BrowserPool> {
  const hosts = new Map(Object.entries(SITES).map(([name, address]) => [name, [address]]));
  const proxy = await startProxy(createGuard({ hosts, allowNetworks: ["127.1.0.0/16"] }));
  stack.add("proxy", () => proxy.close());
  const browser = createBrowser({
    executablePath: await chromiumPath(),
    user: systemUser(),
    sandbox: true,
    proxy,
    userAgent: "Newsgather/test",
    limits,
  });
  stack.add("browser", () => browser.close());
  return browser;
}
