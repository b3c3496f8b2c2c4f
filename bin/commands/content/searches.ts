import { type Command, Option } from "@commander-js/extra-typings";
import { parseQuery } from "../../../archive/search/parse-query.ts";
import { CommandError } from "../../../lib/exit.ts";
import { QueryProblem, SORTS } from "../../../model/publish/search.ts";
import { listSearches } from "../../../store/publish/saved-searches.ts";
import { removeSearch, saveSearch } from "../../../web/api/searches.ts";
import { commandActor } from "../../actor.ts";
import { plainTable } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { printStored } from "../../stored-list.ts";

export function register(program: Command): void {
  const searches = program.command("searches").description("list, save and remove saved searches");
  const list = searches.command("list").description("show every saved search");
  printStored(list, listSearches, (all) => {
    const rows = all.map(({ _id, query, sort, actor }) => [_id, query, sort, actor]);
    const none = "no saved searches: `newsgather searches save NAME QUERY` saves one";
    return plainTable(["name", "query", "sort", "actor"], rows, { none });
  });
  searches
    .command("save")
    .description(
      "save a search for `search --saved NAME`; replaces an earlier search with this name",
    )
    .argument("<name>", "a-z, 0-9 and -")
    .argument("<query...>", "in the query language (docs/analysts/search.md)")
    .addOption(
      new Option("--sort <order>", "order of the results").choices([...SORTS]).default("relevance"),
    )
    .action(async (name, words, { sort }) => {
      const query = words.join(" ");
      requireReadable(query);
      await onStore((store) => saveSearch(store, { name, query, sort }, commandActor()));
      console.error(`${name} is saved`);
    });
  searches
    .command("remove <name>")
    .description("remove a saved search")
    .action(async (name) => {
      await onStore((store) => removeSearch(store, name, commandActor()));
      console.error(`${name} is removed`);
    });
}

function requireReadable(query: string): void {
  try {
    parseQuery(query);
  } catch (error) {
    if (!(error instanceof QueryProblem)) throw error;
    const what = `${error.message} (character ${error.at})`;
    throw new CommandError("usage", what, { cause: error });
  }
}
