import {
  announceQueue,
  crawlQueue,
  deliverQueue,
  exportQueue,
  fetchQueue,
  maintainQueue,
  previewQueue,
  renderQueue,
  rereadQueue,
  scheduleQueue,
} from "./queues.ts";

/** All queues, roughly in the order in which an article passes through them. */
export const PIPELINE = [
  scheduleQueue,
  crawlQueue,
  fetchQueue,
  renderQueue,
  previewQueue,
  announceQueue,
  rereadQueue,
  deliverQueue,
  exportQueue,
  maintainQueue,
] as const;

export type QueueName =
  | "schedule"
  | "crawl"
  | "fetch"
  | "render"
  | "preview"
  | "announce"
  | "reread"
  | "deliver"
  | "export"
  | "maintain";

/** The roles of processes, each with the queues that it works on. */
export const ROLES = {
  scheduler: ["schedule", "crawl", "maintain"],
  http: ["fetch", "announce", "reread"],
  browser: ["render", "preview"],
  api: ["deliver", "export"],
} as const satisfies Record<string, QueueName[]>;

export type Role = keyof typeof ROLES;

/** Throws unless each queue has one role: without a worker, a queue would grow for ever. */
export function checkPipeline(
  queues: readonly { name: string }[] = PIPELINE,
  roles: Record<string, readonly string[]> = ROLES,
): void {
  const worked = Object.values(roles).flat();
  for (const { name } of queues) {
    const count = worked.filter((queue) => queue === name).length;
    if (count !== 1) throw new Error(`queue "${name}" has ${count} roles; it needs exactly one`);
  }
  const unknown = worked.find((name) => !queues.some((queue) => queue.name === name));
  if (unknown) throw new Error(`a role works on queue "${unknown}", which the pipeline lacks`);
}
