import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { type Config, loadConfig, PRODUCT, processEnv } from "../../../config/env.ts";
import { fetchRendered } from "../../../crawler/browser/pages.ts";
import { type Http, proxiesIn } from "../../../crawler/http/http.ts";
import type { Received } from "../../../crawler/http/response.ts";
import { createLogins } from "../../../crawler/logins/logins.ts";
import { ownLoginSessions } from "../../../crawler/logins/sessions.ts";
import { createVisitor, ownPermits } from "../../../crawler/visit.ts";
import { ReleaseStack } from "../../../lib/async.ts";
import { CommandError } from "../../../lib/exit.ts";
import type { Hop } from "../../../model/crawl/link.ts";
import { SKIP_REASONS } from "../../../model/crawl/outcome.ts";
import type { Source } from "../../../model/sources/source.ts";
import { browserForLogins, guardOf, openBrowser, openHttp, secretsOf } from "../../roles/egress.ts";

interface Options {
  browser?: boolean;
  headers?: boolean;
  redirect: boolean;
  output?: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("fetch")
    .description("fetch one URL as a run does, and print the body")
    .argument("<url>")
    .option("--browser", "render the page in the browser")
    .option("--headers", "print status and headers instead of the body")
    .option("--no-redirect", "don't follow redirects")
    .option("-o, --output <file>", "write the body to a file")
    .option("--json", "print status, headers and hops as JSON")
    .action(run);
}

async function run(url: string, options: Options): Promise<void> {
  if (!URL.canParse(url)) throw new CommandError("usage", `${url} is not an absolute URL`);
  const config = loadConfig(processEnv());
  const { browser = false, redirect } = options;
  const { received, hops } = await fetchOnce(config, url, { browser, noRedirect: !redirect });
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

function isOk(status: number, redirect: boolean): boolean {
  return status >= 200 && status < (redirect ? 300 : 400);
}

interface FetchOnceOptions {
  browser?: boolean;
  source?: Source | undefined;
  noRedirect?: boolean;
}

/** Fetches a URL once, without database and Redis. Throws `CommandError` on failure. */
export async function fetchOnce(
  config: Config,
  url: string,
  { browser, source, noRedirect = false }: FetchOnceOptions,
): Promise<{ received: Received; hops: Hop[] }> {
  const stack = new ReleaseStack();
  try {
    const guard = guardOf(config);
    const http = openHttp(config, guard, stack);
    const secrets = secretsOf(config);
    const proxyOf = proxiesIn(secrets);
    const now = () => new Date();
    const pages = async (): Promise<Pick<Http, "get">> => {
      const pool = await openBrowser(config, guard, stack);
      stack.add("browser", () => pool.close());
      return fetchRendered(pool.open);
    };
    const visitor = createVisitor({
      http,
      ...(browser && { pages: await pages() }),
      acquirePermit: ownPermits(),
      product: PRODUCT,
      now,
      delay: 0,
      logins: createLogins({
        secrets,
        sessions: ownLoginSessions(),
        logIn: browserForLogins(config, guard),
        now,
      }),
      proxyOf,
      maxAttempts: 1,
      followRedirects: !noRedirect,
    });
    const { hops, ...visited } = await visitor.visit(url, "article", source);
    if (visited.received) return { hops, received: visited.received };
    if ("refused" in visited) {
      const { skipped, detail } = visited.refused;
      throw new CommandError("failed", `${skipped}: ${SKIP_REASONS[skipped]} (${detail ?? url})`);
    }
    if ("failed" in visited) throw new CommandError("failed", visited.failed.detail);
    throw new TypeError("the visit returned neither a response nor a reason");
  } finally {
    await stack.close();
  }
}
