import { readFileSync } from "node:fs";

/**
 * Returns the ms of CPU that this thread spends in `work`. Unlike wall time, this excludes other processes, slow
 * cores, compilers and garbage collector threads (Linux: proc_pid_schedstat(5)).
 */
export async function cpuOf(work: () => unknown): Promise<number> {
  const before = cpuOfThread();
  await work();
  return cpuOfThread() - before;
}

/** Returns the ms of CPU that this thread has used so far. */
export function cpuOfThread(): number {
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
}

/** Returns the ms of CPU that all threads of this process spend during `work`, which is the cost of a deployment. */
export async function cpuOfAllThreads(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * How often a result that looks too expensive is measured again: the first run compiles, and a busy machine disturbs
 * some runs, not all.
 */
const ATTEMPTS = 5;

/** Returns the lowest ms of CPU of several runs; stops at the first run below `enough`. */
export async function leastCpuOf(work: () => unknown, enough = 0): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least >= enough; attempt++)
    least = Math.min(least, await cpuOf(work));
  return least;
}

/** Returns the ms of CPU that a process has used so far (Linux: proc_pid_stat(5), in ticks of 10 ms). */
export function cpuOfProcess(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** CPU times below this are too short to compare, ms: the clock is coarse, and the first run compiles. */
const TOO_FEW = 100;

/** Growth below this counts as linear: eight times the input costs 8 times as much if linear, 64 times if quadratic. */
export const LINEAR = 24;

/**
 * Returns how many times as much CPU `work` needs for an input of size `n` as for an eighth of it; 1 if it needs
 * almost nothing for the large one. The result doesn't depend on the speed of the machine.
 */
export async function growthOf<T>(
  n: number,
  make: (n: number) => T,
  work: (input: T) => unknown,
): Promise<number> {
  const [large, small] = [make(n), make(Math.ceil(n / 8))];
  let [most, least, growth] = [Infinity, Infinity, Infinity];
  for (let attempt = 0; attempt < ATTEMPTS && growth >= LINEAR; attempt++) {
    most = Math.min(most, await cpuOf(() => work(large)));
    if (most < TOO_FEW) return 1;
    least = Math.min(least, await cpuOf(() => work(small)));
    growth = most / least;
  }
  return growth;
}
