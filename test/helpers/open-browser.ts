import { createServer, request } from "node:http";
import type { Browser } from "playwright";
import { launchBrowser } from "../../crawler/browser/launch.ts";
import { isVendorHost } from "../../crawler/browser/proxy.ts";
import { ReleaseStack } from "../../lib/async.ts";
import { chromiumPath, systemUser } from "./chromium.ts";

/** A real Chromium whose requests are all recorded. */
export interface WatchedBrowser {
  browser: Browser;
  /**
   * Returns the URLs that pages requested since the last call; `CONNECT host:port` for tunnels. Requests of the
   * browser itself to its vendor are left out.
   */
  requests(): string[];
  close(): Promise<void>;
}

/**
 * Starts Chromium, sandboxed, behind a proxy that forwards requests to 127.0.0.1, sends all other plain requests to
 * `elsewhere` (host and port) and refuses tunnels.
 */
export async function openBrowser(elsewhere: { host: string; port: number }) {
  const stack = new ReleaseStack();
  let seen: string[] = [];
  const proxy = createServer((incoming, answer) => {
    const url = new URL(incoming.url ?? "");
    seen.push(url.href);
    const to =
      url.hostname === "127.0.0.1" ? { host: url.hostname, port: Number(url.port) } : elsewhere;
    const path = url.pathname + url.search;
    const { method, headers } = incoming;
    const outgoing = request({ ...to, path, method, headers, agent: false }, (received) => {
      answer.writeHead(received.statusCode ?? 502, received.headers);
      received.pipe(answer);
    });
    outgoing.on("error", () => answer.writeHead(502).end());
    incoming.pipe(outgoing);
  });
  proxy.on("connect", ({ url }, socket) => {
    // Requests of Chromium to its vendor don't come from a page.
    if (!isVendorHost(url?.split(":")[0] ?? "")) seen.push(`CONNECT ${url}`);
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  stack.add("proxy", () => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const bound = proxy.address();
  const { browser, cleanUp } = await launchBrowser({
    executablePath: await chromiumPath(),
    user: systemUser(),
    sandbox: true,
    proxyServer: `http://127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`,
    deadline: 60_000,
  });
  stack.add("profile", cleanUp);
  stack.add("browser", () => browser.close());
  const watched: WatchedBrowser = {
    browser,
    requests() {
      const all = seen;
      seen = [];
      return all;
    },
    close: () => stack.close(),
  };
  return watched;
}
