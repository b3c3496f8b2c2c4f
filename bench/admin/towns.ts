import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { MINUTE_MS } from "../../lib/time.ts";
import { Source, type SourceRecord } from "../../model/sources/source.ts";
import { type Declared, declared } from "../../model/sources/version.ts";
import { recordOf } from "../../store/sources/sources.ts";

const SCHEDULES = [
  { every: "30m" },
  { cron: "*/15 * * * *", timezone: "Europe/Berlin" },
  { adaptive: { min: "10m", max: "6h" } },
  { cron: "7 6-22 * * 1-6", timezone: "America/New_York" },
];
const FILES_PER_EDITED_FILE = 10;

export function makeTowns(count: number): Declared[] {
  return Array.from({ length: count }, (_, n) => {
    const said = {
      id: `town-${n}`,
      name: `Town ${n}`,
      feeds: [`https://town-${n}.example/rss`],
      schedule: SCHEDULES[n % SCHEDULES.length],
    };
    return declared(Source.parse(said), stringify(said));
  });
}

export async function writeFiles(dir: string, towns: readonly Declared[]): Promise<void> {
  await mkdir(dir, { recursive: true });
  for (const { source, yaml } of towns) await writeFile(join(dir, `${source.id}.yaml`), yaml);
}

export function toRecords(towns: readonly Declared[], now: Date): SourceRecord[] {
  const seen = new Date(now.getTime() - 60 * MINUTE_MS);
  return towns.map(({ source, checksum }, n) => ({
    ...recordOf(source),
    checksum,
    nextDueAt: new Date(now.getTime() + (n % 60) * MINUTE_MS),
    lastAttemptAt: seen,
    lastSuccessAt: seen,
    lastNewArticleAt: seen,
    arrivals: { items: 20, hours: 100 },
    ...(n % 50 === 0 && { failures: 4, lastProblem: "2 × timeout" }),
    ...(n % FILES_PER_EDITED_FILE === 1 && {
      checksum: "before",
      pace: { delay: 9000, concurrency: 1 },
    }),
  }));
}
