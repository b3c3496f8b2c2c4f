import { writeFile } from "node:fs/promises";
import type { Command } from "@commander-js/extra-typings";
import { type Config, loadConfig, processEnv } from "../../../config/env.ts";
import { fetchRendered } from "../../../crawler/browser/pages.ts";
import type { Received } from "../../../crawler/http/response.ts";
import { createVisitor } from "../../../crawler/visit.ts";
import { withReleases } from "../../../lib/async.ts";
import { CommandError } from "../../../lib/exit.ts";
import type { Hop } from "../../../model/crawl/link.ts";
import { SKIP_REASONS } from "../../../model/crawl/outcome.ts";
import type { Source } from "../../../model/sources/source.ts";
import type { OptionsOf } from "../../options-of.ts";
import { guardOf, openBrowser, openVisitorParts } from "../../roles/egress.ts";

export function register(program: Command) {
  const command = program
    .command("fetch <url>")
    .description("fetch one URL as a run does, and print the body")
    .option("--browser", "render the page in the browser")
    .option("--headers", "print status and headers instead of the body")
    .option("--no-redirect", "don't follow redirects")
    .option("-o, --output <file>", "write the body to a file")
    .option("--json", "print status, headers and hops as JSON");
  command.action(run);
  return command;
}

type Options = OptionsOf<typeof register>;

async function run(url: string, options: Options): Promise<void> {
  if (!URL.canParse(url)) throw new CommandError("usage", `${url} is not an absolute URL`);
  const config = loadConfig(processEnv());
  const { browser, redirect } = options;
  const { received, hops } = await fetchOnce(config, url, { browser, followRedirects: redirect });
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
  if (status >= 200 && status < (redirect ? 300 : 400)) return;
  throw new CommandError("failed", `${received.url} answered with status ${status}`);
}

/** Fetches a URL once, without database and Redis. Throws `CommandError` on failure. */
export async function fetchOnce(
  config: Config,
  url: string,
  {
    browser = false,
    source,
    followRedirects = true,
  }: { browser?: boolean | undefined; source?: Source | undefined; followRedirects?: boolean },
): Promise<{ received: Received; hops: Hop[] }> {
  return withReleases(async (stack) => {
    const guard = guardOf(config);
    const pool = browser ? await openBrowser(config, guard, stack) : null;
    const visitor = createVisitor({
      ...openVisitorParts(config, guard, stack),
      ...(pool && { pages: fetchRendered(pool.open) }),
      delay: 0,
      maxAttempts: 1,
      followRedirects,
    });
    const { hops, ...visited } = await visitor.visit(url, "article", source);
    if (visited.received) return { hops, received: visited.received };
    if ("refused" in visited) {
      const { skipped, detail } = visited.refused;
      throw new CommandError("failed", `${skipped}: ${SKIP_REASONS[skipped]} (${detail ?? url})`);
    }
    if ("failed" in visited) throw new CommandError("failed", visited.failed.detail);
    throw new TypeError("the visit returned neither a response nor a reason");
  });
}
