import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Config } from "../../config/env.ts";
import type { BrowserUser } from "../../crawler/browser/launch.ts";
import { onPath } from "../services/launch.ts";

const run = promisify(execFile);
const PROGRAMS = [
  // Takes half the CPU per page. Debian's command on PATH is a script: when this process dies, the
  // kernel would end the script instead of the browser.
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
 * Returns the system user that runs Chromium if this process is root; otherwise null. Throws if
 * there is no such user.
 */
export async function browserUser(config: Pick<Config, "browser">): Promise<BrowserUser | null> {
  if (process.getuid?.() !== 0) return null;
  const { user: name } = config.browser;
  try {
    const idOf = async (option: string) => Number((await run("id", [option, name])).stdout);
    const [uid, gid] = await Promise.all([idOf("-u"), idOf("-g")]);
    return { uid, gid, name };
  } catch (cause) {
    throw new Error(`there is no system user ${name} for the browser: run \`npm run setup\``, {
      cause,
    });
  }
}
