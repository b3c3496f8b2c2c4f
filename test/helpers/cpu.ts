import { readFileSync } from "node:fs";

/** Milliseconds of CPU that this process spends in `work`: other processes and slow cores don't count, as they do in wall time. */
export async function cpuOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The least of three, since a first run compiles and others meet full caches. */
export async function leastCpuOf(work: () => unknown): Promise<number> {
  return Math.min(await cpuOf(work), await cpuOf(work), await cpuOf(work));
}

/** Milliseconds of CPU that a process has taken so far (Linux: proc_pid_stat(5), in ticks of 10 ms). */
export function cpuOfProcess(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
