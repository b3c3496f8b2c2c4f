import { readFileSync } from "node:fs";

/**
 * Milliseconds of CPU that this thread spends in `work`: other processes, slow cores, compilers and the threads of the
 * garbage collector don't count, as they do in wall time (Linux: proc_pid_schedstat(5)).
 */
export async function cpuOf(work: () => unknown): Promise<number> {
  const before = cpuOfThread();
  await work();
  return cpuOfThread() - before;
}

function cpuOfThread(): number {
  return Number(readFileSync("/proc/thread-self/schedstat", "utf8").split(" ")[0]) / 1e6;
}

/** Milliseconds of CPU that all threads of this process spend while `work` goes on: what a deployment pays. */
export async function cpuOfAllThreads(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** How often what looks too dear is measured again: a first run compiles, and a busy machine disturbs some runs, not all. */
const ATTEMPTS = 5;

/** The least CPU ms of several runs; the first that takes less than `enough` is the last. */
export async function leastCpuOf(work: () => unknown, enough = 0): Promise<number> {
  let least = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS && least >= enough; attempt++)
    least = Math.min(least, await cpuOf(work));
  return least;
}

/** Milliseconds of CPU that a process has taken so far (Linux: proc_pid_stat(5), in ticks of 10 ms). */
export function cpuOfProcess(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** CPU ms that are too few to compare: the clock is coarse, and a first run compiles. */
const TOO_FEW = 100;

/** Below it work grows in proportion to its input: it costs 8 times as much for 8 times as much, by the square 64 times. */
export const LINEAR = 24;

/**
 * How many times as much CPU `work` takes for an input of size `n` as for an eighth of it; 1 where it takes next to
 * nothing for the large one. It holds on a machine of any speed.
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
