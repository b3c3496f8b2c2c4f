import { cpus } from "node:os";

/**
 * Begins to count; what it answers tells how many cores of this machine did nothing since then, on average (of two,
 * 0 to 2). A container that may use less than its machine has sees its machine's: there it is an upper bound.
 */
export function idleCores(): () => number {
  const since = performance.now();
  const before = idleTime();
  return () => (idleTime() - before) / (performance.now() - since);
}

/** What all cores together did nothing, ms since the machine started. */
function idleTime(): number {
  return cpus().reduce((sum, { times }) => sum + times.idle, 0);
}
