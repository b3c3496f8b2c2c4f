import type { Translator } from "../../articles/editorial/translate.ts";
import { type Config, PRODUCT, processEnv } from "../../config/env.ts";
import { createLogger } from "../../config/logger.ts";
import { createSecrets, type Secrets } from "../../config/secrets.ts";
import type { BrowserPool } from "../../crawler/browser/browser.ts";
import { chainedProxies, startProxy } from "../../crawler/browser/proxy.ts";
import { createGuard, type Guard, parseHosts } from "../../crawler/egress/guard.ts";
import { createHttp, type Http, proxiesIn } from "../../crawler/http/http.ts";
import { createPost, POST_LIMITS, type Post } from "../../crawler/http/post.ts";
import { createLogins } from "../../crawler/logins/logins.ts";
import { type LoginSessions, ownLoginSessions } from "../../crawler/logins/sessions.ts";
import { followSigningKeys, readSigningKeys } from "../../crawler/signing/keys.ts";
import { createRequestSigner, type RequestSigner } from "../../crawler/signing/sign.ts";
import { ownPermits } from "../../crawler/visit.ts";
import { type ReleaseStack, withReleases } from "../../lib/async.ts";
import { browserUser, findChromium } from "./chromium.ts";

export function guardOf({ hosts, allowNetworks }: Config): Guard {
  return createGuard({ hosts: parseHosts(hosts), allowNetworks: [...allowNetworks] });
}

export function secretsOf({ secretsDir }: Config): Secrets {
  return createSecrets(processEnv(), secretsDir);
}

function signerOf(config: Config): RequestSigner | undefined {
  const { agent, form, keysFile } = config.signing;
  if (agent === null) return undefined;
  // Throws if the keys are broken; later, broken keys are only logged.
  readSigningKeys(keysFile);
  const log = createLogger(config);
  const currentKey = followSigningKeys(keysFile, {
    now: () => new Date(),
    onError: (error) => log.error({ err: error }, "can't read the signing keys"),
  });
  return createRequestSigner({ agent, form, currentKey });
}

/** Opens the HTTP egress with the operator's limits; the stack closes it. */
export function openHttp(config: Config, guard: Guard, stack: ReleaseStack): Http {
  const http = createHttp({
    guard,
    userAgent: config.userAgent,
    sign: signerOf(config),
    limits: { deadline: config.requestTimeout },
  });
  stack.add("http", () => http.close());
  return http;
}

/** Opens what a visitor needs, by default without sharing anything with the workers. */
export function openVisitorParts(
  config: Config,
  guard: Guard,
  stack: ReleaseStack,
  sessions: LoginSessions = ownLoginSessions(),
) {
  const secrets = secretsOf(config);
  const now = () => new Date();
  // Each login starts a browser and closes it.
  const logIn: BrowserPool["enter"] = (request) =>
    withReleases(async (own) => (await openBrowser(config, guard, own)).enter(request));
  return {
    http: openHttp(config, guard, stack),
    acquirePermit: ownPermits(),
    product: PRODUCT,
    now,
    logins: createLogins({ secrets, sessions, logIn, now }),
    proxyOf: proxiesIn(secrets),
  };
}

/** Opens a browser behind the guard's proxy; the stack closes it. */
export async function openBrowser(
  config: Config,
  guard: Guard,
  stack: ReleaseStack,
): Promise<BrowserPool> {
  const { wsEndpoint, sandbox } = config.browser;
  const proxy = await startProxy(guard);
  stack.add("proxy", () => proxy.close());
  const chained = chainedProxies((upstream) => startProxy(guard, upstream));
  stack.add("chained proxies", () => chained.close());
  // Loading Playwright takes half a second, and most processes never open a browser.
  const { createBrowser } = await import("../../crawler/browser/browser.ts");
  const browser = createBrowser({
    executablePath: wsEndpoint ? "" : await findChromium(config),
    wsEndpoint,
    user: wsEndpoint ? null : await browserUser(config),
    sandbox,
    proxy,
    through: chained.through,
    userAgent: config.userAgent,
    sign: signerOf(config),
  });
  stack.add("browser", () => browser.close());
  return browser;
}

const TRANSLATION_LIMITS = { deadline: 60_000, afterHeaders: 30_000, bytes: 65_536 };

/** Opens the egress to the configured translator; null if none is configured. */
export function openTranslator(config: Config, stack: ReleaseStack): Translator | null {
  const { translator } = config;
  if (!translator) return null;
  const post = openPost(config, stack, { name: "translator's egress", limits: TRANSLATION_LIMITS });
  return { ...translator, post };
}

/** Opens the egress for messages that Newsgather sends; the stack closes it. */
export function openPost(
  config: Config,
  stack: ReleaseStack,
  { name, limits = POST_LIMITS }: { name: string; limits?: typeof POST_LIMITS },
): Post {
  const post = createPost({ guard: guardOf(config), userAgent: config.userAgent, limits });
  stack.add(name, () => post.close());
  return post;
}
