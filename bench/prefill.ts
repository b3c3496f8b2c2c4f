import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { sequence } from "../articles/stream/sequencer.ts";
import { startDatabase } from "../bin/services/database.ts";
import { loadConfig, processEnv } from "../config/env.ts";
import { openStore } from "../store/connect.ts";
import { SCHEMA_VERSION } from "../store/migrations.ts";
import { countUp } from "../store/publish/counters.ts";
import type { Store } from "../store/store.ts";
import { storePages } from "./prefill-pages.ts";

export const PREFILL_DB = "newsgather";

const BATCH_SIZE = 200;
const quiet = { debug() {}, info() {}, warn() {} };

/**
 * Returns a data folder whose store contains `articles` articles of the scaled sample world. The
 * first call for a size and schema version fills the folder in bulk, through the pipeline's own
 * commit.
 */
export async function prefill(articles: number, base: string): Promise<string> {
  const dir = join(base, `prefill-${articles}-schema-${SCHEMA_VERSION}`);
  if (existsSync(dir)) return dir;
  const unfinished = `${dir}.unfinished`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const database = await startDatabase({ dataDir: unfinished, log: quiet });
  try {
    const store = await openStore(database.url, { database: PREFILL_DB });
    await fill(store, articles);
    await store.close();
  } finally {
    await database.stop();
  }
  await rename(unfinished, dir);
  return dir;
}

async function fill(store: Store, articles: number): Promise<void> {
  const began = Date.now();
  for (let done = 0; done < articles; done += BATCH_SIZE) {
    await storePages(store, done, Math.min(BATCH_SIZE, articles - done));
    while ((await sequence(store, new Date())) > 0);
    if (done % 2000 === 0) {
      const seconds = Math.round((Date.now() - began) / 1000);
      console.error(`prefill: ${done} of ${articles} articles, ${seconds} s`);
    }
  }
  while ((await countUp(store)) > 0);
}

if (import.meta.filename === process.argv[1]) {
  const { values } = parseArgs({ options: { articles: { type: "string", default: "20000" } } });
  const { dataDir } = loadConfig(processEnv());
  console.log(await prefill(Number(values.articles), resolve(dataDir, "bench")));
}
