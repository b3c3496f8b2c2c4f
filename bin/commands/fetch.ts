import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { loadConfig, processEnv } from "../../config/env.ts";
import { CommandError } from "../../lib/exit.ts";
import { SKIP_REASONS } from "../../model/crawl/skipped.ts";
import { fetchOnce } from "../fetch-once.ts";

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
