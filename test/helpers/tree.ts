import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findOwner } from "../../bin/services/claim.ts";
import { startWorld, type World } from "../../demo/world.ts";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";
import { type Command, makePlace, newsgather, type Place } from "./newsgather.ts";
import { kill } from "./processes.ts";

/** A sample world and a folder for the program that watches it. */
interface Setting {
  place: Place;
  world: World;
  /** Gives the program these sources of the world. */
  addSources(ids: string[]): Promise<void>;
  close(): Promise<void>;
}

/** `newsgather start` over a sample world. */
export interface Tree extends Setting {
  daemon: Command;
  /** URL of the portal. */
  address: string;
  redisUrl: string;
  mongoUrl: string;
  store: Store;
}

/** Serves the hand-made world to a program that has no source yet. */
async function makeSetting(env: Record<string, string> = {}): Promise<Setting> {
  const world = await startWorld();
  const place = await makePlace({
    NEWSGATHER_HOSTS: world.hosts,
    NEWSGATHER_ALLOW_NETWORKS: world.allowNetworks,
    NEWSGATHER_REQUEST_TIMEOUT: "5s",
    NEWSGATHER_TICK: "1s",
    ...env,
  });
  return {
    place,
    world,
    async addSources(ids) {
      for (const { id, yaml } of world.sources.filter((source) => ids.includes(source.id))) {
        await writeFile(join(place.sourcesDir, `${id}.yaml`), yaml);
      }
    },
    async close() {
      await place.clear();
      await world.close();
    },
  };
}

/** Starts the daemon, once `prepare` has made its folders ready, and connects to its store. */
export async function startTree(
  sourceIds: string[] = [],
  env: Record<string, string> = {},
  prepare: (place: Place) => Promise<void> = async () => {},
): Promise<Tree> {
  const setting = await makeSetting(env);
  await prepare(setting.place);
  await setting.addSources(sourceIds);
  const daemon = newsgather(["start"], setting.place);
  const [, address = ""] = await daemon.says(/portal, API and admin: (\S+)/);
  const owner = findOwner(setting.place.dataDir);
  const { mongoUrl, redisUrl } = owner ?? {};
  if (!mongoUrl || !redisUrl) throw new Error("the daemon doesn't say where its services are");
  const store = await openStore(mongoUrl, { database: "newsgather" });
  const close = async () => {
    await store.close();
    kill(daemon.pid, "SIGTERM");
    await daemon.ended();
    await setting.close();
  };
  return { ...setting, daemon, address, redisUrl, mongoUrl, store, close };
}
