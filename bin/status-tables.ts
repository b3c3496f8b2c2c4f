import { percent } from "../lib/text.ts";
import type { Status } from "./read-status.ts";
import { plainTable, utc } from "./table.ts";

const PARTS = ["part", "process", "since", "restarts", "replaced", "problem", "last end"];

/** The status as people read it. */
export function statusTables(status: Status): string {
  const sources = status.sources.map((source) => [
    source.id,
    shown(source.lastAttemptAt),
    shown(source.lastNewArticleAt),
    source.running ? "running" : shown(source.nextDueAt),
    percent(source.fill?.completeness),
    source.problem ?? "",
  ]);
  const queues = Object.entries(status.queues ?? {}).map(
    ([name, { waiting = 0, delayed = 0, active = 0 }]) => [name, waiting, delayed, active],
  );
  const { head, pending } = status.stream;
  const { free, low } = status.disk;
  const parts = status.processes.map((part) => [
    part.name,
    part.pid ?? "",
    shown(part.since),
    part.restarts,
    part.replaced,
    part.problem ?? "",
    part.lastExit ?? "",
  ]);
  const running = [
    plainTable(PARTS, parts, { right: [1, 3, 4] }),
    plainTable(["queue", "waiting", "delayed", "active"], queues, { right: [1, 2, 3] }),
  ];
  return [
    ...(status.queues ? running : ["Nothing is running here. `newsgather start` starts it."]),
    plainTable(["source", "last run", "last new article", "next", "fill", "problem"], sources, {
      none: "no sources: newsgather discover URL --write adds one, newsgather run --all takes all",
    }),
    `${status.articles} articles listed; stream at ${head}, ${pending} articles with changes waiting; ` +
      `${status.deadLinks} dead links; ${status.openHosts.length} hosts left alone`,
    low ?? (free === null ? "" : `${(free / 1024 ** 3).toFixed(1)} GB of disk are free`),
  ].join("\n");
}

function shown(at: Date | null): string {
  return at ? utc(at) : "never";
}
