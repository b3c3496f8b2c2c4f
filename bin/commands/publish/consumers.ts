import type { Command } from "@commander-js/extra-typings";
import { CommandError } from "../../../lib/exit.ts";
import { ConsumerName } from "../../../model/publish/consumer.ts";
import { headSeq, readRestores } from "../../../store/publish/changes.ts";
import { listConsumers } from "../../../store/publish/consumers.ts";
import type { Store } from "../../../store/store.ts";
import { showConsumer } from "../../../web/api/consumers.ts";
import {
  consumerNamed,
  dropConsumer,
  makeConsumer,
  replayConsumer,
} from "../../../web/api/manage-consumers.ts";
import { commandActor } from "../../actor.ts";
import { plainTable } from "../../output.ts";
import { onStore } from "../../services/use.ts";
import { printStored } from "../../stored-list.ts";
import { FROM_HELP, filterOf, withStreamOptions } from "../../stream-options.ts";
import { pointOf } from "../../time.ts";

export function register(program: Command): void {
  const consumers = program
    .command("consumers")
    .description("manage named readers of the change stream");
  const list = consumers.command("list").description("show every consumer with its lag");
  printStored(list, async (store) => show(store, await listConsumers(store)), tableOf);
  withStreamOptions(consumers.command("add"))
    .description("add a consumer; programs lease its changes at /v1/consumers/NAME/lease")
    .argument("<name>", "a-z, 0-9 and -")
    .action(async (name, { from, view, ...narrowed }) => {
      const checked = ConsumerName.safeParse(name);
      if (!checked.success) throw new CommandError("usage", "a name consists of a-z, 0-9 and -");
      await onStore(async (store) => {
        const filter = await filterOf(store, narrowed);
        await makeConsumer(store, { name, from: pointOf(from), filter, view }, commandActor());
      });
      console.error(
        `${name} was added; programs read its changes with POST /v1/consumers/${name}/lease and a key with the scope consume`,
      );
    });
  consumers
    .command("replay <name>")
    .description("move a consumer to another point of the stream")
    .requiredOption("--from <point>", FROM_HELP)
    .action(async (name, { from }) => {
      const [row] = await onStore(async (store) => {
        await replayConsumer(store, { name, from: pointOf(from) }, commandActor());
        return show(store, [await consumerNamed(store, name)]);
      });
      console.error(`${name} was moved; changes that it has not read: ${row?.lag.changes}`);
    });
  consumers
    .command("remove <name>")
    .description("remove a consumer and its position")
    .action(async (name) => {
      await onStore((store) => dropConsumer(store, name, commandActor()));
      console.error(`${name} is removed`);
    });
}

async function show(store: Store, consumers: Awaited<ReturnType<typeof listConsumers>>) {
  const head = { seq: await headSeq(store), restores: await readRestores(store) };
  const now = new Date();
  return Promise.all(consumers.map((consumer) => showConsumer(store, consumer, { head, now })));
}

function tableOf(rows: Awaited<ReturnType<typeof show>>): string {
  const cells = rows.map(({ name, state, seq, lag, ackedAt, filter, view }) => {
    const narrowed =
      view !== null
        ? [`view ${view}`]
        : Object.entries(filter).map(([field, values]) => `${field} ${String(values)}`);
    return [name, state, seq, lag.changes, lag.seconds ?? 0, ackedAt ?? "", narrowed.join("; ")];
  });
  const head = ["name", "state", "at change", "behind", "by s", "acknowledged", "only"];
  const none = "no consumers: `newsgather consumers add NAME` adds one";
  return plainTable(head, cells, { right: [2, 3, 4], none });
}
