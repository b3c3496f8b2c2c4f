import type { Config } from "../../../../config/env.ts";
import { chromium, launchBrowser } from "../../../../crawler/browser/launch.ts";
import { browserUser, findChromium } from "../../../roles/chromium.ts";
import { type Found, fail, ok, warn } from "./services.ts";

const LAUNCH_TIMEOUT_MS = 30_000;
// The discard port: nothing is reachable through it, and the check opens no page.
const NO_PROXY = "http://127.0.0.1:9";

export async function checkChromium(config: Config): Promise<Found> {
  const { wsEndpoint, sandbox } = config.browser;
  if (wsEndpoint) return checkRemote(wsEndpoint);
  const executablePath = await findChromium(config);
  const user = await browserUser(config);
  const who = user ? `as ${user.name}` : "as this user";
  const shield = `sandbox ${sandbox ? "on" : "off"}`;
  try {
    const options = {
      executablePath,
      user,
      sandbox,
      proxyServer: NO_PROXY,
      deadline: LAUNCH_TIMEOUT_MS,
    };
    const launched = await launchBrowser(options);
    const found = `${executablePath} ${launched.browser.version()}, ${who}, ${shield}`;
    await launched.browser.close();
    await launched.cleanUp();
    if (sandbox) return ok(found);
    return warn(found, "set NEWSGATHER_BROWSER_SANDBOX=on if the kernel allows sandboxes");
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    const found = `${executablePath} does not start ${who}, ${shield}: ${why}`;
    const next = sandbox
      ? "run `apt-get install chromium-sandbox`; if the kernel forbids sandboxes, set NEWSGATHER_BROWSER_SANDBOX=off"
      : "set NEWSGATHER_CHROMIUM to a Chromium that starts";
    return fail(found, next);
  }
}

async function checkRemote(wsEndpoint: string): Promise<Found> {
  const found = `remote browser at ${new URL(wsEndpoint).host}`;
  try {
    const browser = await chromium.connect(wsEndpoint, { timeout: 10_000 });
    const version = browser.version();
    await browser.close();
    return ok(`${found}, ${version}`);
  } catch {
    const next =
      "check that the remote browser runs, with the Playwright version in package.json, or unset NEWSGATHER_BROWSER_WS";
    return fail(`${found} does not answer`, next);
  }
}
