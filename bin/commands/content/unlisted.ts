import type { Command } from "@commander-js/extra-typings";
import { readUnlisted, type UnlistedArticle } from "../../../store/articles/articles.ts";
import { wholeNumber } from "../../exit.ts";
import { minute, plainTable, print } from "../../output.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  program
    .command("unlisted")
    .description("show articles that are stored but not published, with the reason")
    .option("--limit <n>", "number of articles to show, latest first", wholeNumber(1, 10_000), 50)
    .option("--json", "print JSON")
    .action(async ({ limit, json }) => {
      print(await onStore((store) => readUnlisted(store, new Date(), limit)), json, tableOf);
    });
}

function tableOf(articles: UnlistedArticle[]): string {
  const rows = articles.map(({ _id, sourceId, title, unlisted }) => {
    return [_id, sourceId, minute(unlisted?.at), title, unlisted?.detail ?? ""];
  });
  const none = "no article is unlisted";
  return plainTable(["article", "source", "since", "title", "why"], rows, { none });
}
