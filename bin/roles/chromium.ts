import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Config } from "../../config/env.ts";
import type { BrowserUser } from "../../crawler/browser/launch.ts";
import { onPath } from "../services/launch.ts";

const run = promisify(execFile);
/**
 * Browsers in the order in which they are tried. The headless shell is first, because it takes half
 * the CPU per page. Debian's is named by its path, because the command on PATH is a script: when
 * this process dies, the kernel would end the script instead of the browser.
 */
const PROGRAMS = [
  "/usr/lib/chromium/chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
];

export async function findChromium(config: Pick<Config, "browser">): Promise<string> {
  if (config.browser.executable) return config.browser.executable;
  for (const name of PROGRAMS) {
    const path = await onPath(name);
    if (path) return path;
  }
  throw new Error("no Chromium found: run `npm run setup`, or set NEWSGATHER_CHROMIUM to its path");
}

/**
 * If this process is root, returns the system user that runs Chromium, so that Chromium's sandbox
 * can stay on. Otherwise returns null.
 */
export async function browserUser(config: Pick<Config, "browser">): Promise<BrowserUser | null> {
  if (process.getuid?.() !== 0) return null;
  const { user: name } = config.browser;
  try {
    const [uid, gid] = await Promise.all([
      run("id", ["-u", name]).then(({ stdout }) => Number(stdout)),
      run("id", ["-g", name]).then(({ stdout }) => Number(stdout)),
    ]);
    return { uid, gid, name };
  } catch (cause) {
    throw new Error(`there is no system user ${name} for the browser: run \`npm run setup\``, {
      cause,
    });
  }
}
