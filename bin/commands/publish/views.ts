import { type Command, Option } from "@commander-js/extra-typings";
import { dropView, saveView } from "../../../articles/stream/views.ts";
import { CommandError } from "../../../lib/exit.ts";
import { STATES } from "../../../model/articles/article.ts";
import { Query, ViewId } from "../../../model/publish/filter.ts";
import { listViews } from "../../../store/publish/views.ts";
import { commandActor } from "../../actor.ts";
import { withOptions } from "../../options-of.ts";
import { plainTable, utc } from "../../output.ts";
import { readTopics } from "../../roles/config-data.ts";
import { onStore } from "../../services/use.ts";
import { printStored } from "../../stored-list.ts";
import { filterOf, withFilterOptions } from "../../stream-options.ts";

export function register(program: Command): void {
  const views = program
    .command("views")
    .description("manage saved queries, each with a page, feed, stream and export");
  printStored(
    views.command("list").description("list views and their queries"),
    listViews,
    tableOf,
  );
  withOptions(
    views
      .command("save")
      .description("save a view; replaces an earlier view with this id")
      .addOption(
        new Option(
          "--state <states...>",
          "editorial states, for the inbox and exports; readers get only published articles",
        ).choices(STATES),
      )
      .option("--name <name>", "name of the view for readers (default: the id)")
      .option("--reason <text>", "why, for the audit log"),
    withFilterOptions,
  )
    .argument("<id>", "id of the view (a-z, 0-9 and -), as in /view/ID and /feeds/view/ID.atom")
    .action(async (id, { name = id, reason, state, ...narrowed }) => {
      const checked = ViewId.safeParse(id);
      if (!checked.success) throw new CommandError("usage", "an id consists of a-z, 0-9 and -");
      const topics = (await readTopics()).map((topic) => topic.id);
      const how = { ...commandActor(), topics, reason };
      await onStore(async (store) => {
        const filter = {
          ...(await filterOf(store, narrowed)),
          ...(state && { state: Query.shape.state.parse(state) }),
        };
        return saveView(store, { id, name, filter }, how);
      });
      console.error(`${id} is saved: /view/${id}, /feeds/view/${id}.atom, /v1/changes?view=${id}`);
    });
  views
    .command("remove <id>")
    .description("remove a view that no consumer or webhook reads")
    .option("--reason <text>", "why, for the audit log")
    .action(async (id, { reason }) => {
      const how = { ...commandActor(), reason };
      await onStore((store) => dropView(store, id, how));
      console.error(`${id} is removed`);
    });
}

function tableOf(all: Awaited<ReturnType<typeof listViews>>): string {
  const rows = all.map(({ _id, name, filter, at, actor }) => {
    const criteria = Object.entries(filter).map(([field, values]) => `${field} ${String(values)}`);
    return [_id, name, criteria.join("; ") || "everything", utc(at), actor];
  });
  const none = "no views: `newsgather views save ID --topic smart-city` saves one";
  return plainTable(["id", "name", "asks for", "saved", "actor"], rows, { none });
}
