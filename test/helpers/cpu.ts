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

/** CPU ms that are too few to compare: the clock is coarse, and a first run compiles. */
const TOO_FEW = 100;
/** How often a growth that looks too large is measured again: a busy machine disturbs one run, not all. */
const ATTEMPTS = 3;

/** Below it work grows in proportion to its input: it costs 4 times as much for 4 times as much, by the square 16 times. */
export const LINEAR = 9;

/**
 * How many times as much CPU `work` takes for an input of size `n` as for a quarter of it; 1 where it takes next to
 * nothing for the large one. It holds on a machine of any speed.
 */
export async function growthOf<T>(
  n: number,
  make: (n: number) => T,
  work: (input: T) => unknown,
): Promise<number> {
  const [large, small] = [make(n), make(n / 4)];
  let [most, least, growth] = [Infinity, Infinity, Infinity];
  for (let attempt = 0; attempt < ATTEMPTS && growth >= LINEAR; attempt++) {
    most = Math.min(most, await cpuOf(() => work(large)));
    if (most < TOO_FEW) return 1;
    least = Math.min(least, await cpuOf(() => work(small)));
    growth = most / least;
  }
  return growth;
}
