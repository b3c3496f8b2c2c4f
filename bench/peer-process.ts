import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Prediction } from "./extract-table.ts";
import { PEERS, toPrediction } from "./peer-runners.ts";

/** A page that a peer shall read. */
export interface PeerTask {
  key: string;
  url: string;
  file: string;
}

/** What a peer made of it, with its CPU time (this process alone, all its threads). */
export interface PeerAnswer {
  key: string;
  prediction: Prediction;
  ms: number;
  failed: boolean;
}

/** A process of one peer: `peer-process.js NAME FOLDER`, pages in and answers out by messages. */
const [name = "", folder = ""] = process.argv.slice(2);
const run = await PEERS[name]?.(folder);
if (!run) throw new Error(`no such peer: ${name}`);

// Peers print what they think of pages; only answers count.
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
