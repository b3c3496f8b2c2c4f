import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Part } from "../../model/part.ts";
import { headSeq } from "../../store/changes.ts";
import { ALL, getDay } from "../../store/days.ts";
import { readParts } from "../../store/parts.ts";
import type { Deps } from "../../workers/deps.ts";

/** Process metrics, queue depths, and how far stream and counters are; read when asked. */
export function createMetrics({ store, producer, now, room }: Deps): Registry {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const jobs = new Gauge({
    name: "newsgather_queue_jobs",
    help: "Jobs by queue and state",
    labelNames: ["queue", "state"],
    registers,
    async collect() {
      for (const [queue, states] of Object.entries(await producer.counts())) {
        for (const [state, count] of Object.entries(states)) jobs.set({ queue, state }, count);
      }
    },
  });
  const head: Gauge = new Gauge({
    name: "newsgather_changes_head",
    help: "Number of the newest change of the stream",
    registers,
    async collect() {
      head.set(await headSeq(store));
    },
  });
  const articles: Gauge = new Gauge({
    name: "newsgather_articles_listed",
    help: "Articles that the portal lists",
    registers,
    async collect() {
      articles.set((await getDay(store, ALL)).articles);
    },
  });
  const disk: Gauge = new Gauge({
    name: "newsgather_disk_free_bytes",
    help: "Bytes that may still be written where data is kept",
    registers,
    async collect() {
      const { free } = await room();
      if (free !== null) disk.set(free);
    },
  });
  const parts = (name: string, help: string, countOf: (part: Part) => number) => {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames: ["part", "machine"],
      registers,
      async collect() {
        counter.reset();
        for (const part of await readParts(store, now())) {
          counter.inc({ part: part.name, machine: part.machine }, countOf(part));
        }
      },
    });
  };
  parts(
    "newsgather_part_restarts_total",
    "Times that a supervised process was started again",
    ({ restarts }) => restarts,
  );
  parts(
    "newsgather_part_replacements_total",
    "Those of the restarts that replaced a stuck process",
    ({ replaced }) => replaced,
  );
  return registry;
}
