import { fork } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../../config/root.ts";
import type { Truth, WorldReport } from "../../../demo/truth.ts";
import { CommandError } from "../../../lib/exit.ts";

export interface WorldInfo {
  address: string;
  port: number;
  hosts: string;
  allowNetworks: string;
}

/** The sample world in a separate process, which ends when this process ends. */
export interface SampleWorld {
  info: WorldInfo;
  /** Returns what the store must contain in the end. */
  truth(): Promise<Truth>;
  report(): Promise<WorldReport>;
  /** Makes an event happen, such as a correction or a fault; resolves to its description. */
  happen(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts the sample world, or the world that another `program` in `dist` serves. Writes its
 * `sources` folder and `truth.json` into `dir`.
 */
export async function startSampleWorld(
  dir: string,
  args: string[] = [],
  program = "demo/main.js",
): Promise<SampleWorld> {
  const main = join(root, "dist", program);
  const stdio = ["ignore", "pipe", "inherit", "ipc"] as const;
  // A separate process group: Ctrl-C reaches only this process, which ends the world after
  // everything else.
  const child = fork(main, ["--dir", dir, ...args], { stdio: [...stdio], detached: true });
  const info = await new Promise<WorldInfo>((resolve, reject) => {
    child.stdout?.once("data", (line: Buffer) => resolve(JSON.parse(line.toString()) as WorldInfo));
    child.once("exit", () => reject(new CommandError("failed", "the sample world did not start")));
  });
  const exited = once(child, "exit");
  const control = (path: string) => `http://${info.address}:${info.port}/__world/${path}`;
  return {
    info,
    truth: async () => JSON.parse(await readFile(join(dir, "truth.json"), "utf8")) as Truth,
    report: async () => (await (await fetch(control("report"))).json()) as WorldReport,
    happen: async () => {
      const answer = await fetch(control("happen"), { method: "POST" });
      return ((await answer.json()) as { what: string }).what;
    },
    stop: async () => {
      child.kill();
      await exited;
    },
  };
}
