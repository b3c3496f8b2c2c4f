import type { Command } from "@commander-js/extra-typings";
import { loadConfig, processEnv } from "../../../config/env.ts";
import { withReleases } from "../../../lib/async.ts";
import { CommandError } from "../../../lib/exit.ts";
import { headSeq } from "../../../store/publish/changes.ts";
import { listSubscribers, readDeliveries } from "../../../store/publish/subscribers.ts";
import type { Store } from "../../../store/store.ts";
import * as manage from "../../../web/api/manage-webhooks.ts";
import { showDelivery, showWebhook } from "../../../web/api/webhooks.ts";
import { commandActor } from "../../actor.ts";
import { plainTable, utc } from "../../output.ts";
import { actionsOf } from "../../roles/api-workers.ts";
import { openPost } from "../../roles/egress.ts";
import { onStore } from "../../services/use.ts";
import { printStored } from "../../stored-list.ts";
import { FROM_HELP, filterOf, withStreamOptions } from "../../stream-options.ts";
import { pointOf } from "../../time.ts";

export function register(program: Command): void {
  const webhooks = program.command("webhooks").description("manage URLs that receive changes");
  const onOne = (name: string, about: string) =>
    webhooks
      .command(name)
      .description(about)
      .argument("<id>", "id of the webhook, as `webhooks list` shows it");
  const list = webhooks.command("list").description("list webhooks, with their state and lag");
  printStored(list, readAll, tableOf);
  withStreamOptions(webhooks.command("add"))
    .description("add a webhook; its signing secret is shown only once")
    .argument("<url>", "where messages are sent")
    .action(async (url, { from, view, ...narrowed }) => {
      if (!URL.canParse(url))
        throw new CommandError("usage", `${url}: write an absolute http(s) URL`);
      const made = await withActions(async (store, { refusal }) => {
        const webhook = {
          url,
          from: pointOf(from),
          filter: await filterOf(store, narrowed),
          view,
          refusal: refusal(url),
        };
        return manage.makeWebhook(store, webhook, commandActor());
      });
      console.error(
        `${made._id} was added. Store its secret now, because the secret isn't shown again:`,
      );
      console.log(made.secrets[0]?.secret);
    });
  onOne("test", "send a test message now").action(async (id) => {
    const sent = await withActions(async (store, { test }) =>
      test(await manage.webhookOf(store, id)),
    );
    console.log(JSON.stringify(showDelivery(sent), null, 2));
    if (!sent.delivered)
      throw new CommandError("failed", `the test message wasn't accepted: ${sent.problem}`);
  });
  onOne("deliveries", "show the latest attempts, with request and response").action(async (id) => {
    const found = await onStore(async (store) => {
      const { _id } = await manage.webhookOf(store, id);
      return readDeliveries(store, _id, { now: new Date(), limit: 50 });
    });
    console.log(JSON.stringify(found.map(showDelivery), null, 2));
  });
  onOne("pause", "pause deliveries until you resume them").action(async (id) => {
    await onStore((store) => manage.pauseWebhook(store, id, commandActor()));
  });
  onOne("resume", "continue deliveries where they stopped")
    .option("--skip", "skip the message that was refused")
    .action(async (id, { skip = false }) => {
      await onStore((store) => manage.resumeWebhook(store, id, { skip, ...commandActor() }));
    });
  onOne("replay", "send changes again from a point of the stream")
    .requiredOption("--from <point>", FROM_HELP)
    .action(async (id, { from }) => {
      await onStore((store) =>
        manage.replayWebhook(store, { id, from: pointOf(from) }, commandActor()),
      );
    });
  onOne("rotate", "sign with a new secret; for a day, also with the old secret").action(
    async (id) => {
      console.log(await onStore((store) => manage.rotateSecret(store, id, commandActor())));
    },
  );
  onOne("remove", "remove a webhook with its log").action(async (id) => {
    await onStore((store) => manage.dropWebhook(store, id, commandActor()));
  });
}

async function readAll(store: Store) {
  const at = { head: await headSeq(store), now: new Date() };
  return (await listSubscribers(store)).map((subscriber) => showWebhook(subscriber, at));
}

function tableOf(rows: ReturnType<typeof showWebhook>[]): string {
  const cells = rows.map((row) => {
    const { id, url, state, circuit, lag, deliveredAt, reason, lastProblem } = row;
    const last = deliveredAt ? utc(new Date(deliveredAt)) : "";
    return [id, url, state, circuit, lag, last, reason ?? lastProblem ?? ""];
  });
  const head = ["id", "URL", "state", "circuit", "behind", "delivered", "why"];
  const none = "no webhooks: `newsgather webhooks add URL` adds one";
  return plainTable(head, cells, { right: [4], none });
}

function withActions<T>(
  work: (store: Store, actions: ReturnType<typeof actionsOf>) => Promise<T>,
): Promise<T> {
  const config = loadConfig(processEnv());
  return onStore((store) =>
    withReleases((stack) => {
      const post = openPost(config, stack, { name: "webhooks' egress" });
      return work(store, actionsOf({ store, post, now: () => new Date() }));
    }),
  );
}
