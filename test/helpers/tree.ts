import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { vi } from "vitest";
import { findOwner } from "../../services/claim.ts";
import { openStore } from "../../store/connect.ts";
import type { Store } from "../../store/store.ts";
import { startWorld, type World } from "../world/world.ts";
import { type Command, makePlace, newsgather, type Place } from "./newsgather.ts";
import { processesOf } from "./processes.ts";

/** A sample world and a folder for the program that watches it. */
export interface Setting {
  place: Place;
  world: World;
  /** Gives the program these sources of the world. */
  addSources(ids: string[]): Promise<void>;
  close(): Promise<void>;
}

/** `newsgather start` over a sample world. */
export interface Tree extends Setting {
  daemon: Command;
  /** Where the portal is. */
  address: string;
  redisUrl: string;
  mongoUrl: string;
  store: Store;
}

/** Serves the hand-made world to a program that has no source yet. */
export async function makeSetting(): Promise<Setting> {
  const world = await startWorld();
  const place = await makePlace({
    NEWSGATHER_HOSTS: world.hosts,
    NEWSGATHER_ALLOW_NETWORKS: world.allowNetworks,
    NEWSGATHER_REQUEST_TIMEOUT: "5s",
    NEWSGATHER_TICK: "1s",
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

/** Starts the daemon and connects to its store. */
export async function startTree(sourceIds: string[] = []): Promise<Tree> {
  const setting = await makeSetting();
  await setting.addSources(sourceIds);
  const daemon = newsgather(["start"], setting.place);
  const [, address = ""] = await daemon.says(/operators' pages: (\S+)/);
  const owner = await findOwner(setting.place.dataDir);
  const { mongoUrl, redisUrl } = owner ?? {};
  if (!mongoUrl || !redisUrl) throw new Error("the daemon doesn't say where its services are");
  const store = await openStore(mongoUrl, { database: "newsgather" });
  const close = async () => {
    await store.close();
    process.kill(daemon.pid, "SIGTERM");
    await daemon.ended();
    await setting.close();
  };
  return { ...setting, daemon, address, redisUrl, mongoUrl, store, close };
}

/** The process of a role; throws while there is none. */
export function pidOfRole({ folder }: Place, role: string): number {
  const found = processesOf(folder).find(({ command }) => command.includes(`role.js ${role} `));
  if (!found) throw new Error(`no process has the role ${role}`);
  return found.pid;
}

/** The process of an embedded service. */
export async function pidOfService({ dataDir }: Place, name: "redis" | "database") {
  return Number(await readFile(join(dataDir, "run", `${name}.pid`), "utf8"));
}

/** Waits until the sites of these sources have seen so many requests for pages. */
export async function untilAsked(world: World, sourceIds: string[], count: number): Promise<void> {
  const seen = () => requestsTo(world, sourceIds).length;
  await vi.waitUntil(() => seen() >= count, { timeout: 120_000, interval: 20 });
}

/** Page requests that the sites of these sources have seen. */
export function requestsTo(world: World, sourceIds: string[]) {
  const hosts = new Set(hostsOf(world, sourceIds));
  return world.report().requests.filter(({ host, kind }) => kind === "page" && hosts.has(host));
}

/** Names and ports of the sites of these sources. */
export function hostsOf(world: World, sourceIds: string[]): string[] {
  const articles = world.truth.articles.filter(({ sourceId }) => sourceIds.includes(sourceId));
  return [...new Set(articles.map(({ url }) => new URL(url).host))];
}
