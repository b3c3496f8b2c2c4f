import { readFile } from "node:fs/promises";
import type { Browser, BrowserContext, BrowserContextOptions } from "playwright";
import { orAborted, within } from "../../lib/async.ts";
import { GiveUp, RetryLater, type Skipped } from "../../model/crawl/outcome.ts";
import type { Upstream } from "../egress/tunnel.ts";
import type { Received, SentCookie } from "../http/response.ts";
import type { RequestSigner } from "../signing/sign.ts";
import { BROWSER_LIMITS, type BrowserUser, chromium, launchBrowser } from "./launch.ts";
import { type LoginRequest, logIn } from "./login.ts";
import type { Proxy } from "./proxy.ts";
import { openTurnPage, type RenderRequest } from "./turn.ts";

export interface BrowserOptions {
  executablePath: string;
  /** URL of a remote Playwright server to use instead of the executable. */
  wsEndpoint?: string | null;
  user?: BrowserUser | null;
  sandbox: boolean;
  proxy: Proxy;
  /** Returns a local proxy that forwards to `upstream`. If missing, sources with a proxy fail. */
  through?: (upstream: Upstream) => Promise<Proxy>;
  userAgent: string;
  limits?: Partial<typeof BROWSER_LIMITS>;
  /** Signs the request for each top-level document; if missing, requests are unsigned. */
  sign?: RequestSigner | undefined;
}

/** A browser page that renders URLs of one host, one after another. */
export interface BrowserTurn {
  /**
   * Renders one URL; doesn't follow redirects. Throws `RetryLater`, `GiveUp` or the abort reason of
   * `request.signal`.
   */
  render(request: RenderRequest): Promise<Received | Skipped>;
  /** Returns whether the browser must be replaced, because it failed or reached a limit. */
  worn(): boolean;
  close(): Promise<void>;
}

/** The browser of a process, shared by all of its `BrowserTurn`s. */
export interface BrowserPool {
  /** Opens a browser page for the URLs of one host. Throws `RetryLater` if that fails. */
  open(upstream?: Upstream | null): Promise<BrowserTurn>;
  /** Calls `logIn` in a separate context. Throws like `open` if the context can't be opened. */
  enter(request: LoginRequest): Promise<SentCookie[]>;
  inspect(): Promise<BrowserReport | null>;
  close(): Promise<void>;
}

interface BrowserReport {
  /** Epoch ms. */
  startedAt: number;
  pages: number;
  /** Bytes (PSS) of all browser processes; 0 if unknown, as for a remote browser. */
  memory: number;
}

type ProxySettings = NonNullable<BrowserContextOptions["proxy"]>;

interface Running {
  browser: Browser;
  cleanUp(): Promise<void>;
  startedAt: number;
  pages: number;
  turns: number;
  retired: boolean;
}

/** Returns a pool whose browser is replaced when it reaches a limit or fails unexpectedly. */
export function createBrowser(options: BrowserOptions): BrowserPool {
  const limits = { ...BROWSER_LIMITS, ...options.limits };
  const { proxy, userAgent } = options;
  const active = new Set<Running>();
  let current: Promise<Running> | null = null;
  let closed = false;

  const start = async (): Promise<Running> => {
    const launched = options.wsEndpoint
      ? {
          browser: await chromium.connect(options.wsEndpoint, { timeout: limits.launch }),
          cleanUp: async () => {},
        }
      : await launchBrowser({
          executablePath: options.executablePath,
          user: options.user ?? null,
          sandbox: options.sandbox,
          proxyServer: proxy.server,
          deadline: limits.launch,
        });
    const running = { ...launched, startedAt: Date.now(), pages: 0, turns: 0, retired: false };
    active.add(running);
    launched.browser.on("disconnected", () => retire(running));
    return running;
  };

  const retire = (running: Running): void => {
    if (running.retired) return;
    running.retired = true;
    current = null;
    if (running.turns === 0) end(running).catch(() => {});
  };

  const end = async (running: Running): Promise<void> => {
    if (!active.delete(running)) return;
    await within(limits.call, running.browser.close(), "closing the browser").catch(() => {});
    await running.cleanUp();
  };

  const take = async (): Promise<Running> => {
    if (closed) throw new GiveUp("browser", "the browser is closed");
    const starting = current ?? start();
    current = starting;
    try {
      const running = await starting;
      running.turns += 1;
      return running;
    } catch (error) {
      if (current === starting) current = null;
      throw broken("the browser can't be started", error);
    }
  };

  const isWorn = ({ retired, startedAt, pages }: Running): boolean =>
    retired || Date.now() - startedAt > limits.age || pages >= limits.pages;

  const memory = ({ browser }: Running) =>
    options.wsEndpoint ? Promise.resolve(0) : memoryOf(browser, limits.call);

  const leave = async (running: Running): Promise<void> => {
    running.turns -= 1;
    const worn = isWorn(running);
    if (worn || (await memory(running)) > limits.memory) retire(running);
    if (running.retired && running.turns === 0) await end(running);
  };

  const proxyTo = (upstream: Upstream | null | undefined): Proxy | Promise<Proxy> => {
    if (!upstream) return proxy;
    if (!options.through) throw new GiveUp("proxy", "this browser can't use another proxy");
    return options.through(upstream);
  };

  const openContext = ({ browser }: Running, way: ProxySettings): Promise<BrowserContext> => {
    const settings = { ...way, bypass: "<-loopback>" };
    const opening = browser.newContext({ ...CONTEXT_OPTIONS, userAgent, proxy: settings });
    return within(limits.launch, opening, "opening a context");
  };

  const closeContext = (running: Running, context: BrowserContext): Promise<void> =>
    within(limits.call, context.close(), "closing a context").catch(() => retire(running));

  const open = async (upstream?: Upstream | null): Promise<BrowserTurn> => {
    const way = await proxyTo(upstream);
    const running = await take();
    let context: BrowserContext | null = null;
    let failed = false;
    let done: Promise<void> | undefined;
    const shut = async () => {
      if (context) await closeContext(running, context);
      await leave(running);
    };
    const close = () => (done ??= shut());
    try {
      context = await openContext(running, { server: way.server });
      const render = await within(
        limits.launch,
        openTurnPage(context, way, limits, options.sign),
        "opening a page",
      );
      return {
        async render(request) {
          if (failed)
            throw new RetryLater("browser", "the browser page crashed during an earlier request");
          running.pages += 1;
          try {
            return await orAborted(render(request), request.signal);
          } catch (error) {
            if (error instanceof RetryLater || error instanceof GiveUp) throw error;
            if (request.signal?.aborted) throw error;
            failed = true;
            if (!/crashed|timed out/i.test(String(error))) retire(running);
            await close();
            throw broken(`rendering ${request.url} failed`, error);
          }
        },
        worn: () => isWorn(running),
        close,
      };
    } catch (error) {
      retire(running);
      await close();
      throw broken("the browser can't open a page", error);
    }
  };

  const enter = async (request: LoginRequest): Promise<SentCookie[]> => {
    const { server, username, password } = await proxyTo(request.proxy);
    const running = await take();
    running.pages += 1;
    try {
      const context = await openContext(running, { server, username, password }).catch((error) => {
        throw broken("the browser can't open a page to log in", error);
      });
      try {
        return await logIn(context, request, limits);
      } finally {
        await closeContext(running, context);
      }
    } finally {
      await leave(running);
    }
  };

  return {
    open,
    enter,
    async inspect() {
      const running = await current?.catch(() => null);
      if (!running) return null;
      const { startedAt, pages } = running;
      return { startedAt, pages, memory: await memory(running) };
    },
    async close() {
      closed = true;
      await current?.catch(() => {});
      await Promise.all([...active].map(end));
    },
  };
}

async function memoryOf(browser: Browser, deadline: number): Promise<number> {
  if (process.platform !== "linux" || !browser.isConnected()) return 0;
  try {
    const session = await within(deadline, browser.newBrowserCDPSession(), "asking the browser");
    const listing = session.send("SystemInfo.getProcessInfo");
    const { processInfo } = await within(deadline, listing, "listing processes");
    const sizes = await Promise.all(processInfo.map(({ id }) => proportionalSize(id)));
    await within(deadline, session.detach(), "leaving the browser");
    return sizes.reduce((sum, size) => sum + size, 0);
  } catch {
    return 0;
  }
}

async function proportionalSize(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
  return 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
}

function broken(what: string, error: unknown): RetryLater {
  const [line = ""] = String(error instanceof Error ? error.message : error).split("\n");
  return new RetryLater("browser", `${what}: ${line}`, { cause: error });
}

const CONTEXT_OPTIONS: BrowserContextOptions = {
  acceptDownloads: false,
  serviceWorkers: "block",
  ignoreHTTPSErrors: false,
  permissions: [],
  locale: "en",
};
