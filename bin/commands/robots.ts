import { readFile } from "node:fs/promises";
import { z } from "zod";
import { crawlDelay, isAllowed, parseRobots } from "../../crawler/robots/robots.ts";

const Cases = z.object({
  cases: z.array(
    z.object({
      id: z.union([z.number(), z.string()]),
      robots: z.string(),
      ua: z.string(),
      url: z.string().optional(),
    }),
  ),
});

interface Verdict {
  id: number | string;
  allowed: boolean;
  /** Seconds; only for cases without a URL, which ask for it. */
  crawlDelay?: number | null;
}

/**
 * Verdicts over a file of cases `{cases: [{id, robots, ua, url}]}`, in order. Throws a `ZodError`
 * that names the field when the file has another shape, an `Error` when it can't be read.
 */
export async function* robotsBatch(path: string): AsyncGenerator<Verdict> {
  const { cases } = Cases.parse(JSON.parse(await readFile(path, "utf8")));
  for (const { id, robots: text, ua, url } of cases) {
    const robots = parseRobots(text);
    const allowed = isAllowed(robots, ua, url ?? "");
    if (url !== undefined) yield { id, allowed };
    else yield { id, allowed, crawlDelay: seconds(crawlDelay(robots, ua)) };
  }
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}
