import type { Command } from "@commander-js/extra-typings";
import { type Erased, erase } from "../../../articles/erasure/erase.ts";
import { findsPerson, isTooShort, type Subject } from "../../../articles/erasure/subject.ts";
import { CommandError } from "../../../lib/exit.ts";
import { givesReason } from "../../../model/operations/audit.ts";
import type { Store } from "../../../store/store.ts";
import { cliActor } from "../../actor.ts";
import { articleIdOf } from "../../known.ts";
import { createProgressWriter, print } from "../../output.ts";
import { onStore } from "../../services/use.ts";

interface Options {
  reason: string;
  dryRun?: true;
  json?: true;
}

export function register(program: Command): void {
  const group = program
    .command("erase")
    .description("remove an article, a URL or a person from everything stored, permanently");
  const verb = (name: string, description: string) =>
    group
      .command(name)
      .description(description)
      .requiredOption("--reason <text>", "why; stored permanently, so don't name what you erase")
      .option("--dry-run", "only report what would be erased")
      .option("--json", "print the report as JSON");
  verb("article", "erase an article with all its URLs")
    .argument("<article>", "id or URL of the article")
    .action((word, options) =>
      run(async (store) => ({ kind: "article", id: await articleIdOf(store, word) }), options),
    );
  verb("url", "erase everything fetched from a URL; the URL is never fetched again")
    .argument("<url>")
    .action((url, options) => {
      if (!/^https?:/.test(url) || !URL.canParse(url)) {
        throw new CommandError("usage", `${url}: write an absolute http(s) URL`);
      }
      return run(() => ({ kind: "url", url }), options);
    });
  verb("person", "erase every article that names a person, and the name everywhere else")
    .argument("<name>")
    .option("--also <name...>", "other spellings of the name")
    .action((name, options) => {
      const names = [name, ...(options.also ?? [])].map((one) => one.trim());
      const short = names.find(isTooShort);
      if (short !== undefined)
        throw new CommandError(
          "usage",
          `"${short}" is too short, because it is part of too many words: write at least 4 characters (2 of Chinese, Japanese or Korean)`,
        );
      if (findsPerson(names)(options.reason)) {
        throw new CommandError(
          "usage",
          "--reason must not contain the person's name: the audit log keeps the reason permanently",
        );
      }
      return run(() => ({ kind: "person", names }), options);
    });
}

async function run(
  subjectIn: (store: Store) => Subject | Promise<Subject>,
  { reason, dryRun: dry, json }: Options,
): Promise<void> {
  if (!givesReason(reason)) throw new CommandError("usage", "--reason: say why");
  const dryRun = dry === true;
  const showProgress = createProgressWriter();
  const progress = (what: string, count: number) => showProgress(`${what}: ${count}`);
  const how = { reason, actor: cliActor(), dryRun, now: () => new Date(), progress };
  const erased = await onStore(async (store) => erase(store, await subjectIn(store), how));
  print(erased, json, () => report(erased, dryRun));
}

function report(
  { articles, addresses, captures, bodies, elsewhere, sources }: Erased,
  dryRun: boolean,
): string {
  const others = Object.entries(elsewhere).map(([name, count]) => `${name}: ${count}`);
  const lines = [
    dryRun ? "Would be erased:" : "Erased:",
    ...articles.map(
      ({ _id, title, sourceId }) => `  article ${_id} (${sourceId})${dryRun ? ` ${title}` : ""}`,
    ),
    `  URLs, which are never fetched again: ${addresses}`,
    `  captures: ${captures}`,
    `  bodies of feeds, lists and pages that quote an erased text: ${bodies.withheld}`,
    ...(others.length > 0 ? [`  records whose words are erased: ${others.join(", ")}`] : []),
    ...bodies.unread.map((id) => `Body ${id} wasn't searched, because it can't be read`),
    ...bodies.copies.map(
      (id) => `Article ${id} is a copy and stays, because its source published the text itself`,
    ),
    ...sources.map(
      (id) =>
        `The file or entry points of the source ${id} name the person: edit the file yourself`,
    ),
  ];
  return lines.join("\n");
}
