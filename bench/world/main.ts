import { parseArgs } from "node:util";
import { serveWorld } from "../../demo/serve.ts";
import { type ScaledOptions, scaled } from "./scaled.ts";

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
    dir: { type: "string" },
  },
});

function numbers<Name extends string>(
  names: Record<Name, string | undefined>,
): Partial<Record<Name, number>> {
  const chosen = Object.entries<string | undefined>(names).filter(([, value]) => value);
  return Object.fromEntries(chosen.map(([name, value]) => [name, Number(value)])) as Partial<
    Record<Name, number>
  >;
}

const { port, seed, sites, articles, variants, delay, concurrency, shells, faults } = values;
const options: ScaledOptions = {
  ...numbers({ sites, articles, variants, delayMs: delay, concurrency, faults }),
  ...(shells && { shells }),
};
await serveWorld(values.dir ?? "world", {
  ...numbers({ port, seed }),
  plan: (setting) => scaled(setting, options),
});
