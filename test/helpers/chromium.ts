import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findChromium } from "../../bin/roles/chromium.ts";
import { loadConfig } from "../../config/env.ts";
import type { BrowserUser } from "../../crawler/browser/launch.ts";

const NAME = "newsgather-browser";

/** Returns the path of the Chromium that Newsgather would start. */
export function chromiumPath(): Promise<string> {
  return findChromium(loadConfig(process.env));
}

/** Returns the command line of a process; empty if it has ended. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

/** Returns a field of `/proc/PID/status`. */
export function statusOf(pid: number, field: string): string {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return new RegExp(`^${field}:[ \\t]*(.*)$`, "m").exec(status)?.[1]?.trim() ?? "missing";
}

/** Returns all Chromium processes whose browser was started by this process. */
export function chromiumPids(): number[] {
  const list = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const rows = list
    .trim()
    .split("\n")
    .map((row) => row.trim().split(/\s+/).map(Number));
  const found = new Set([process.pid]);
  for (let size = 0; size !== found.size; ) {
    size = found.size;
    for (const [pid = 0, parent = 0] of rows) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter((pid) => /^\S*\/chrom\S* --/.test(commandOf(pid)));
}

/** Returns the browser processes only, without renderers, GPU and others. */
export function browserPids(): number[] {
  return chromiumPids().filter((pid) => !commandOf(pid).includes("--type="));
}

/** Returns the system user for Chromium in tests, created if the tests run as root; otherwise null. */
export function systemUser(): BrowserUser | null {
  if (process.getuid?.() !== 0) return null;
  const id = (flag: string) =>
    Number(execFileSync("id", [flag, NAME], { encoding: "utf8", stdio: "pipe" }));
  try {
    id("-u");
  } catch {
    execFileSync("useradd", ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", NAME]);
  }
  return { uid: id("-u"), gid: id("-g"), name: NAME };
}
