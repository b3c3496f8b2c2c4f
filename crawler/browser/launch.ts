import { chmod, chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";

/** System user that Chromium runs as when we are root. */
export interface BrowserUser {
  uid: number;
  gid: number;
  name: string;
}

/** How to start Chromium on this machine. */
export interface LaunchOptions {
  executablePath: string;
  /** null: as ourselves. */
  user: BrowserUser | null;
  /** false only where the kernel forbids Chromium's own sandbox. */
  sandbox: boolean;
  /** Proxy for everything, also for what no context asks for. */
  proxyServer: string;
  deadline: number;
}

/** A running Chromium. */
export interface Launched {
  browser: Browser;
  /** Removes what the browser left on disk; after it ended. */
  cleanUp(): Promise<void>;
}

const PREFIX = "newsgather-browser-";

/**
 * Starts Chromium behind the proxy, with its sandbox, as `user` when given, in a folder of its own.
 * On Linux it dies with us (PR_SET_PDEATHSIG). Rejects when it isn't up within `deadline` ms.
 */
export async function launchBrowser(options: LaunchOptions): Promise<Launched> {
  const { user, sandbox, proxyServer } = options;
  await sweep();
  const home = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const cleanUp = () => rm(home, { recursive: true, force: true, maxRetries: 3, retryDelay: 200 });
  try {
    if (user) await chown(home, user.uid, user.gid);
    const browser = await chromium.launch({
      executablePath: await wrapper(home, options),
      headless: true,
      chromiumSandbox: sandbox,
      proxy: { server: proxyServer, bypass: "<-loopback>" },
      args: BROWSER_FLAGS,
      env: { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: home, TMPDIR: home, LANG: "C.UTF-8" },
      timeout: options.deadline,
      handleSIGHUP: false,
      handleSIGINT: false,
      handleSIGTERM: false,
    });
    return { browser, cleanUp };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/**
 * A script that becomes Chromium: as the other user, killed by the kernel when we die, with its
 * profile where that user may write (the one that Playwright makes is ours alone).
 */
async function wrapper(home: string, { executablePath, user }: LaunchOptions): Promise<string> {
  if (process.platform !== "linux") return executablePath;
  const change = user ? `--reuid=${user.uid} --regid=${user.gid} --clear-groups` : "";
  const path = join(home, "chromium");
  const script = `#!/bin/sh
for argument do
  shift
  case "$argument" in --user-data-dir=*) argument=--user-data-dir=${quote(join(home, "profile"))};; esac
  set -- "$@" "$argument"
done
cd ${quote(home)}
exec setpriv ${change} --pdeathsig=KILL -- ${quote(executablePath)} "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
  await chmod(path, 0o755);
  return path;
}

/** Removes the folders of processes that were killed before they could. */
async function sweep(): Promise<void> {
  const names = await readdir(tmpdir());
  const left = names.filter((name) => {
    const pid = Number(/^newsgather-browser-(\d+)-/.exec(name)?.[1] ?? 0);
    return pid > 0 && !isAlive(pid);
  });
  // Another user's folder is not ours to remove.
  await Promise.allSettled(
    left.map((name) => rm(join(tmpdir(), name), { recursive: true, force: true })),
  );
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Of several lists Chromium heeds the last one, so Playwright's own is in it where it matters here. */
const DISABLED = [
  "OptimizationHints",
  "MediaRouter",
  "Translate",
  "AutofillServerCommunication",
  // Fetch a URL as it is, never over https first.
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "NetworkTimeServiceQuerying",
  "PreconnectToSearch",
  "AimEnabled",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  // A renderer started ahead with each page, and a new frame for each document of a site: a fifth of a render (measured).
  "SpareRendererForSitePerProcess",
  "RenderDocument",
];
/** What Chromium is started with, here and, in `deploy/browser/server.json`, beside a worker. */
export const BROWSER_FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--disable-dev-shm-usage",
  `--disable-features=${DISABLED.join(",")}`,
  // The network's process has no sandbox of its own on Linux: in the browser's it takes a fifteenth less of a render (measured).
  "--enable-features=NetworkServiceInProcess2",
  // They outlive what a page is stopped by between two addresses, and Chromium on phones has none.
  "--disable-blink-features=SharedWorker",
  "--js-flags=--max-old-space-size=512",
  // Chromium heeds the first, its headless shell the second; by the other one STUN packets get out (measured).
  "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
];

/** Playwright, required instead of imported: Node would read its two megabytes once more for the names in them (0.2 s). */
export const { chromium }: typeof import("playwright") = createRequire(import.meta.url)(
  "playwright",
);
