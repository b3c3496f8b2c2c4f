import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { startWorld, type World, type WorldOptions } from "./world.ts";

/**
 * Serves a sample world until the process gets SIGTERM or SIGINT, or its parent disconnects. Writes
 * the world's `sources` folder and `truth.json` into `folder`, and its addresses to stdout.
 */
export async function serveWorld(folder: string, options: WorldOptions): Promise<void> {
  const dir = resolve(folder);
  const world: World = await startWorld({
    ...options,
    // If the disk is full, the sites continue to respond.
    onHappening: () =>
      void writeTruth(world, dir).catch((error: unknown) =>
        process.stderr.write(`${String(error)}\n`),
      ),
  });
  await mkdir(dir, { recursive: true });
  await world.writeSources(join(dir, "sources"));
  await writeTruth(world, dir);
  const { port, address, hosts, allowNetworks } = world;
  process.stdout.write(`${JSON.stringify({ port, address, hosts, allowNetworks, dir })}\n`);
  const end = () => void world.close().then(() => process.exit(0));
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
  process.once("disconnect", end);
}

async function writeTruth(world: World, dir: string): Promise<void> {
  await writeFile(join(dir, "truth.json"), JSON.stringify(world.truth, null, 1));
}
