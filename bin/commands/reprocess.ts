import type { Command } from "commander";
import { type Config, loadConfig, processEnv } from "../../config/env.ts";
import { extractQueue } from "../../queues/extract.ts";
import { articleCaptures } from "../../store/reprocess.ts";
import { listSources } from "../../store/sources.ts";
import type { Store } from "../../store/store.ts";
import { createProducer, type Producer } from "../../workers/enqueue.ts";
import { CommandError } from "../exit.ts";
import { serviceAddresses, withStore } from "../services.ts";

/** Captures in one job. */
const BATCH = 50;

/** `newsgather reprocess`: stored articles from their captures again, without the network. */
export function register(program: Command): void {
  program
    .command("reprocess")
    .description("read stored captures again with today's rules, without the network")
    .argument("[id...]", "sources; all with --all")
    .option("--all", "every source")
    .action(async (ids: string[], { all }: { all?: boolean }) => {
      if (ids.length === 0 && !all) {
        throw new CommandError("usage", "name sources, or take every one with --all");
      }
      const config = loadConfig(processEnv());
      const count = await withStore(config, (store) => reprocess(store, config, ids));
      console.log(`${count} captures are in the queue; \`newsgather status\` shows it drain`);
    });
}

async function reprocess(store: Store, config: Config, ids: string[]): Promise<number> {
  const known = (await listSources(store)).map(({ _id }) => _id);
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new CommandError("usage", `no such source: ${unknown.join(", ")}`);
  }
  const { redisUrl = "" } = (await serviceAddresses(config)) ?? {};
  const producer = createProducer({ redisUrl, prefix: config.queuePrefix });
  try {
    await producer.ready();
    let count = 0;
    for (const id of ids.length > 0 ? ids : known) count += await enqueue(store, producer, id);
    return count;
  } finally {
    await producer.close();
  }
}

async function enqueue(store: Store, producer: Producer, sourceId: string): Promise<number> {
  let count = 0;
  let batch: string[] = [];
  const send = async () => {
    if (batch.length > 0) await producer.add(extractQueue, [{ captureIds: batch }]);
    count += batch.length;
    batch = [];
  };
  for await (const captureIds of articleCaptures(store, sourceId, new Date())) {
    for (const id of captureIds) {
      batch.push(id);
      if (batch.length === BATCH) await send();
    }
  }
  await send();
  console.error(`${sourceId}: ${count} captures`);
  return count;
}
