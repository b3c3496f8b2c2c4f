import type { Command } from "@commander-js/extra-typings";
import { urlKey } from "../../../crawler/links/url.ts";
import { CommandError } from "../../../lib/exit.ts";
import type { Link } from "../../../model/crawl/link.ts";
import { CAUSES } from "../../../model/crawl/outcome.ts";
import { replay } from "../../../sources/operations.ts";
import { getCapture } from "../../../store/crawl/captures.ts";
import { deadLinks, getLink } from "../../../store/crawl/links.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { requireKnown } from "../../exit.ts";
import { requireSources, webUrl } from "../../known.ts";
import { plainTable, print, utc } from "../../output.ts";
import { onStore } from "../../services/use.ts";

interface Wanted {
  source?: string;
  cause?: string;
  limit: string;
}

export function register(program: Command): void {
  const deadLetters = program
    .command("dead-letters")
    .description("list or retry links that Newsgather gave up on (dead letters)");
  const narrowed = (command: Command, limit: string) =>
    command
      .option("--source <id>", "only links of this source")
      .option("--cause <cause>", "only links with this cause, e.g. timeout or poison")
      .option("--limit <n>", "at most this many links, newest first", limit);
  narrowed(deadLetters.command("list"), "50")
    .description("show dead letters with their cause, newest first")
    .option("--json", "print JSON")
    .action(async ({ json, ...wanted }) => {
      print(await onStore((store) => find(store, wanted)), json, listOf);
    });
  deadLetters
    .command("show")
    .description("show one dead letter with its evidence")
    .argument("<id>", "id or URL of the link")
    .action(async (id) => {
      const letter = await onStore(async (store) => {
        const link = await deadLink(store, id);
        const evidence = link.captureId ? await getCapture(store, link.captureId) : null;
        return { link, evidence };
      });
      console.log(JSON.stringify(letter, null, 2));
    });
  narrowed(deadLetters.command("replay"), "1000")
    .description("fetch dead letters again")
    .argument("[id...]", "ids or URLs of links (default: all that match the options)")
    .option("--all", "every dead letter")
    .option("--reason <text>", "why, for the audit log")
    .action(async (ids, options) => {
      const { all, source, cause, reason } = options;
      if (ids.length === 0 && !all && source === undefined && cause === undefined) {
        throw new CommandError("usage", "name links, a --source or a --cause, or use --all");
      }
      const { retired, summary } = await onStore(async (store) => {
        const found =
          ids.length > 0
            ? await Promise.all(ids.map((id) => deadLink(store, id)))
            : await find(store, options);
        const subject = ids.length > 0 ? ids.join(" ") : (source ?? cause ?? "all");
        const request = { actor: cliActor(), reason: reason ?? null, subject };
        return replay({ store, now: () => new Date() }, found, request);
      });
      if (retired.length > 0) throw new CommandError("partly", summary);
      console.log(summary);
    });
}

async function find(store: Store, { source, cause, limit }: Wanted): Promise<Link[]> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1) {
    throw new CommandError("usage", `--limit ${limit}: write a whole number of at least 1`);
  }
  const causes = Object.keys(CAUSES);
  requireKnown("cause", [cause ?? []].flat(), causes, `write one of ${causes.join(", ")}`);
  await requireSources(store, [source ?? []].flat());
  return deadLinks(store, new Date(), {
    ...(source !== undefined && { sourceId: source }),
    ...(cause !== undefined && { cause }),
    limit: most,
  });
}

async function deadLink(store: Store, id: string): Promise<Link> {
  const url = webUrl(id);
  const link = await getLink(store, url === null ? id : urlKey(url));
  if (!link) {
    throw new CommandError(
      "usage",
      `there is no link "${id}" (\`newsgather dead-letters list\` shows dead letters)`,
    );
  }
  if (link.state !== "dead-letter") {
    throw new CommandError("usage", `${id} isn't a dead letter: its state is ${link.state}`);
  }
  return link;
}

function listOf(links: Link[]): string {
  const rows = links.map(({ _id, url, sourceId, lane, attempts, doneAt, reason, detail }) => [
    _id,
    url,
    sourceId,
    lane,
    attempts,
    doneAt ? utc(doneAt) : "",
    `${reason ?? ""}${detail ? `: ${detail}` : ""}`,
  ]);
  const head = ["id", "URL", "source", "lane", "tries", "when", "cause"];
  return plainTable(head, rows, { right: [4], none: "no dead letters" });
}
