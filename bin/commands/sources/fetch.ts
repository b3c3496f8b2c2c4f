import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { type Config, loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import type { Guard } from "../../../crawler/egress/guard.ts";
import { blamesProxy } from "../../../crawler/egress/proxy-of.ts";
import type { Upstream } from "../../../crawler/egress/tunnel.ts";
import { decodeText } from "../../../crawler/http/charset.ts";
import type { SentCookie } from "../../../crawler/http/cookies.ts";
import { disposition, MAX_HOPS } from "../../../crawler/http/disposition.ts";
import type { HttpRequest } from "../../../crawler/http/http.ts";
import type { Received } from "../../../crawler/http/received.ts";
import { sameSite } from "../../../crawler/links/site.ts";
import { robotsCopy, verdict } from "../../../crawler/robots/policy.ts";
import { CommandError } from "../../../lib/exit.ts";
import { ReleaseStack } from "../../../lib/stack.ts";
import { GiveUp, RetryLater } from "../../../model/crawl/failure.ts";
import type { Hop } from "../../../model/crawl/link.ts";
import { isSkipped, SKIP_REASONS, type Skipped } from "../../../model/crawl/skipped.ts";
import { guardOf, openBrowser, openHttp } from "../../roles/way-out.ts";

interface Options {
  browser?: boolean;
  headers?: boolean;
  redirect: boolean;
  output?: string;
  json?: boolean;
}

/** `newsgather fetch`: one address as Newsgather gets it. */
export function register(program: Command): void {
  program
    .command("fetch")
    .description("fetch one address as the pipeline would, and print the body")
    .argument("<url>")
    .option("--browser", "render it in the browser")
    .option("--headers", "print status and headers instead of the body")
    .option("--no-redirect", "stay with the first answer")
    .option("-o, --output <file>", "write the body to a file")
    .option("--json", "print status, headers and hops as JSON")
    .action(run);
}

async function run(url: string, options: Options): Promise<void> {
  if (!URL.canParse(url)) throw new CommandError("usage", `${url} is not an absolute address`);
  const config = loadConfig(processEnv());
  const { browser = false, redirect } = options;
  const fetched = await fetchOnce(config, url, { browser, noRedirect: !redirect });
  if ("refused" in fetched) {
    const { skipped, detail } = fetched.refused;
    throw new CommandError("failed", `${skipped}: ${SKIP_REASONS[skipped]} (${detail ?? url})`);
  }
  const { received, hops } = fetched;
  const { status, headers, address, ms, encoding, decoded } = received;
  const facts = {
    url: received.url,
    status,
    address,
    ms,
    bytes: received.wire.length,
    encoding,
    hops,
    headers,
  };
  if (options.json) console.log(JSON.stringify(facts, null, 2));
  else if (options.headers) {
    for (const hop of hops) console.log(`${hop.status} ${hop.url} -> ${hop.location}`);
    console.log(`${status} ${received.url} (${address ?? "?"}, ${ms} ms)`);
    for (const [name, value] of Object.entries(headers)) console.log(`${name}: ${value}`);
  } else if (options.output) await writeFile(options.output, decoded);
  else process.stdout.write(decoded);
  if (isOk(status, redirect)) return;
  throw new CommandError("failed", `${received.url} answered with status ${status}`);
}

/** A redirect that was not to be followed is what was asked for. */
function isOk(status: number, redirect: boolean): boolean {
  return status >= 200 && status < (redirect ? 300 : 400);
}

/** How one address is fetched outside of the pipeline. */
interface FetchOnce {
  browser?: boolean;
  headers?: Record<string, string>;
  cookies?: readonly SentCookie[];
  proxy?: Upstream | null;
  /** Stay with the first answer. */
  noRedirect?: boolean;
}

/** What came: the last response and how it was reached; or why nothing did. */
type Fetched = { hops: Hop[] } & ({ received: Received } | { refused: Skipped });

type Ask = (request: HttpRequest) => Promise<Received | Skipped>;

/**
 * Fetches one address as the pipeline would: same guard, robots.txt, limits, redirects by hand; no
 * database, no Redis. Throws `RetryLater` or `GiveUp` for what the pipeline would retry or give up.
 */
export async function fetchOnce(config: Config, url: string, options: FetchOnce): Promise<Fetched> {
  const stack = new ReleaseStack();
  try {
    const guard = guardOf(config);
    const http = openHttp(config, guard, stack);
    const { browser, proxy = null } = options;
    const ask = browser ? await browserAsk(config, guard, stack, proxy) : http.get;
    return await follow(http.get, ask, url, options);
  } finally {
    await stack.close();
  }
}

async function follow(http: Ask, ask: Ask, first: string, options: FetchOnce): Promise<Fetched> {
  const hops: Hop[] = [];
  for (let url = first; ; ) {
    const { cookies = [], proxy = null } = options;
    const refused = await robots(http, url, proxy);
    if (refused) return { hops, refused };
    const headers = sameSite(first, url) ? (options.headers ?? {}) : {};
    const received = await ask({ url, headers, cookies, proxy });
    if (isSkipped(received)) return { hops, refused: received };
    const context = { kind: "article", attempts: 1, hops, now: new Date(), random: 0 } as const;
    const what = disposition(received, context);
    if (options.noRedirect || hops.length > MAX_HOPS) return { hops, received };
    if (what instanceof RetryLater || what instanceof GiveUp || isSkipped(what)) {
      return { hops, received };
    }
    if (what.kind !== "redirect") return { hops, received };
    hops.push({ url, status: received.status, location: what.to });
    url = what.to;
  }
}

async function robots(http: Ask, url: string, proxy: Upstream | null): Promise<Skipped | null> {
  const target = new URL("/robots.txt", url).href;
  const answer = await http({ url: target, proxy }).catch((error: unknown) => {
    if (blamesProxy(error)) throw error;
    return String(error);
  });
  if (typeof answer === "object" && isSkipped(answer)) return answer;
  const copy = robotsCopy(
    typeof answer === "string"
      ? { failed: answer }
      : {
          status: answer.status,
          text: decodeText(answer.decoded, answer.headers["content-type"]).text,
        },
    null,
    new Date(),
  );
  const said = verdict(copy, PRODUCT, url);
  return isSkipped(said) ? said : null;
}

async function browserAsk(
  config: Config,
  guard: Guard,
  stack: ReleaseStack,
  proxy: Upstream | null,
): Promise<Ask> {
  const browser = await openBrowser(config, guard, stack);
  stack.add("browser", () => browser.close());
  const turn = await browser.open(proxy);
  stack.add("turn", () => turn.close());
  return (request) => turn.render(request);
}
