import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { startWorld, type World, type WorldOptions } from "./world.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    seed: { type: "string" },
    sites: { type: "string" },
    articles: { type: "string" },
    variants: { type: "string" },
    delay: { type: "string" },
    concurrency: { type: "string" },
    shells: { type: "boolean" },
    faults: { type: "string" },
    every: { type: "string" },
    dir: { type: "string" },
  },
});

function numbers(names: Partial<Record<keyof WorldOptions, string | undefined>>): WorldOptions {
  const chosen = Object.entries(names).filter(([, value]) => value !== undefined);
  return Object.fromEntries(chosen.map(([name, value]) => [name, Number(value)]));
}

async function writeTruth(world: World, dir: string): Promise<void> {
  await writeFile(join(dir, "truth.json"), JSON.stringify(world.truth, null, 1));
}

const dir = resolve(values.dir ?? "world");
const world: World = await startWorld({
  ...numbers({
    port: values.port,
    seed: values.seed,
    sites: values.sites,
    articles: values.articles,
    variants: values.variants,
    delayMs: values.delay,
    concurrency: values.concurrency,
    faults: values.faults,
  }),
  ...(values.shells && { shells: true }),
  ...(values.every && { every: values.every }),
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
