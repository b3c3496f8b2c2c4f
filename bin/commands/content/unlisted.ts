import type { Command } from "commander";
import { readUnlisted, type UnlistedArticle } from "../../../store/articles/articles.ts";
import type { Store } from "../../../store/store.ts";
import { wholeNumber } from "../../exit.ts";
import { minute, plainTable } from "../../output.ts";
import { printStored } from "../../stored-list.ts";

export function register(program: Command): void {
  const unlisted = program
    .command("unlisted")
    .description("show articles that are stored but not published, with the reason")
    .option("--limit <n>", "number of articles to show, latest first", wholeNumber(1, 10_000), 50);
  const read = (store: Store, { limit }: { limit: number }) =>
    readUnlisted(store, new Date(), limit);
  printStored(unlisted, read, tableOf);
}

function tableOf(articles: UnlistedArticle[]): string {
  const rows = articles.map(({ _id, sourceId, title, unlisted }) => {
    return [_id, sourceId, minute(unlisted?.at), title, unlisted?.detail ?? ""];
  });
  const none = "no article is unlisted";
  return plainTable(["article", "source", "since", "title", "why"], rows, { none });
}
