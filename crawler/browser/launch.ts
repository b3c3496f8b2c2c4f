import { chmod, chown, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright";

/** The system user under which Chromium runs if Newsgather runs as root. */
export interface BrowserUser {
  uid: number;
  gid: number;
  name: string;
}

export interface LaunchOptions {
  executablePath: string;
  user: BrowserUser | null;
  /** Whether Chromium uses its own sandbox; false only where the kernel forbids it. */
  sandbox: boolean;
  /** Proxy for all traffic, including the browser's own. */
  proxyServer: string;
  deadline: number;
}

export interface Launched {
  browser: Browser;
  /** Removes the browser's files. Call it after the browser has exited. */
  cleanUp(): Promise<void>;
}

/** Times in ms, sizes in bytes. */
export const BROWSER_LIMITS = {
  /** Number of pages after which the browser is replaced. */
  pages: 500,
  /** Age at which the browser is replaced. */
  age: 15 * 60_000,
  /** Maximum memory in bytes; a browser that uses more is replaced. */
  memory: 1_200_000_000,
  /** Maximum time to start the browser, or to open a context or a page in it. */
  launch: 30_000,
  /** Maximum time until the first byte of a document, or until a page of a login has loaded. */
  navigation: 20_000,
  /** Maximum time until a page's text is complete, or a step of a login has its effect. */
  stable: 8000,
  /** Maximum time for one browser call. */
  call: 5000,
  /** How long a rendered page waits for the next URL before an empty page replaces it. */
  rest: 5000,
  /** How much of a rendered page is read. */
  bytes: 8_000_000,
};

const PREFIX = "newsgather-browser-";

/**
 * Starts Chromium, on Linux as the system user `user`. Rejects if Chromium hasn't started within
 * `deadline` ms.
 */
export async function launchBrowser(options: LaunchOptions): Promise<Launched> {
  const { user, sandbox, proxyServer } = options;
  await removeStaleFolders();
  const home = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const cleanUp = () => rm(home, { recursive: true, force: true, maxRetries: 3, retryDelay: 200 });
  try {
    if (user) await chown(home, user.uid, user.gid);
    const browser = await chromium.launch({
      // On Linux, the kernel kills Chromium when this process ends (PR_SET_PDEATHSIG).
      executablePath: await writeLaunchScript(home, options),
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

/** Returns the path to run: on Linux, a script that puts the profile where `user` can write. */
async function writeLaunchScript(
  home: string,
  { executablePath, user }: LaunchOptions,
): Promise<string> {
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

async function removeStaleFolders(): Promise<void> {
  const names = await readdir(tmpdir());
  const left = names.filter((name) => {
    const pid = Number(/^newsgather-browser-(\d+)-/.exec(name)?.[1] ?? 0);
    return pid > 0 && !isAlive(pid);
  });
  // Folders of other users can't be removed.
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

/** Chromium uses only the last `--disable-features`, so Playwright's are repeated here. */
const DISABLED_FEATURES = [
  "OptimizationHints",
  "MediaRouter",
  "Translate",
  "AutofillServerCommunication",
  // Fetch http URLs as they are, instead of trying https first.
  "HttpsUpgrades",
  "HttpsFirstBalancedModeAutoEnable",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "NetworkTimeServiceQuerying",
  "PreconnectToSearch",
  "AimEnabled",
  "PaintHolding",
  "ThirdPartyStoragePartitioning",
  // Starting a spare renderer per page and a new frame per document costs a fifth of a render
  // (measured).
  "SpareRendererForSitePerProcess",
  "RenderDocument",
];
/** `deploy/browser/server.json` repeats these flags for a remote browser. */
export const BROWSER_FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--disable-dev-shm-usage",
  `--disable-features=${DISABLED_FEATURES.join(",")}`,
  // The network process has no sandbox of its own on Linux. Running it inside the browser
  // process makes a render a fifteenth cheaper (measured).
  "--enable-features=NetworkServiceInProcess2",
  // Stopping a page between two URLs doesn't stop its shared workers. Sites can do without them,
  // because Chromium on phones has none.
  "--disable-blink-features=SharedWorker",
  // Loads no pictures. The rest is what Playwright sets: of two flags, only the last counts.
  "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4,imagesEnabled=false",
  "--js-flags=--max-old-space-size=512",
  // Chromium reads the first flag, its headless shell the second. Without its flag, each leaks STUN
  // packets (measured).
  "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
];

/** Loaded by `require`, because `import` spends 0.2 s on finding Playwright's exports. */
export const { chromium }: typeof import("playwright") = createRequire(import.meta.url)(
  "playwright",
);
