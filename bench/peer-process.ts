import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Prediction } from "./extract-table.ts";
import { PEERS, toPrediction } from "./peer-runners.ts";

export interface PeerTask {
  key: string;
  url: string;
  file: string;
}

/**
 * A peer's result, with its CPU time in ms. The time includes all threads of this process, but no
 * other processes.
 */
export interface PeerAnswer {
  key: string;
  prediction: Prediction;
  ms: number;
  failed: boolean;
}

/**
 * Runs one peer in a process: `peer-process.js NAME FOLDER`. Receives pages and sends results as
 * messages.
 */
const [name = "", folder = ""] = process.argv.slice(2);
const run = await PEERS[name]?.(folder);
if (!run) throw new Error(`no such peer: ${name}`);

// Peers print comments about pages. Only their results matter.
console.log = console.warn = console.error = console.info = () => {};
process.on("unhandledRejection", () => {});

process.on("message", (task: PeerTask) => {
  void answer(task).then((result) => process.send?.(result));
});
process.send?.("ready");

async function answer({ key, url, file }: PeerTask): Promise<PeerAnswer> {
  const html = gunzipSync(readFileSync(file)).toString("utf8");
  const before = process.cpuUsage();
  let failed = false;
  const said = await Promise.resolve()
    .then(() => run?.(html, url) ?? null)
    .catch(() => {
      failed = true;
      return null;
    });
  const { user, system } = process.cpuUsage(before);
  return { key, prediction: toPrediction(key, said), ms: (user + system) / 1000, failed };
}
