import { readdirSync, readFileSync } from "node:fs";
import { processesOf } from "../../test/helpers/processes.ts";

export interface Sample {
  /** Memory of all processes, MB, without mapped files. Shared memory counts once. */
  memory: number;
  descriptors: number;
  processes: number;
}

const PARTS: readonly [RegExp, string][] = [
  [/role\.js (\w+)/, "$1"],
  [/bin\/newsgather/, "supervisor"],
  [/redis-server/, "redis"],
  [/secantusd|mongod/, "database"],
  [/chrom/i, "chromium"],
];

export function sampleTree(folder: string): Map<string, Sample> {
  const parts = new Map<string, Sample>();
  for (const { pid, command } of processesOf(folder)) {
    const name = partOf(command);
    const used = usageOf(pid);
    if (name === null || used === null) continue;
    const sum = parts.get(name) ?? { memory: 0, descriptors: 0, processes: 0 };
    parts.set(name, {
      memory: sum.memory + used.memory,
      descriptors: sum.descriptors + used.descriptors,
      processes: sum.processes + 1,
    });
  }
  return parts;
}

function partOf(command: string): string | null {
  for (const [pattern, name] of PARTS) {
    const match = pattern.exec(command);
    if (match) return name.replace("$1", match[1] ?? "");
  }
  return null;
}

function usageOf(pid: number): Omit<Sample, "processes"> | null {
  try {
    // Other programs on the machine share program files, so the share of these files varies.
    const sizes = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").matchAll(
      /^Pss_(?:Anon|Shmem):\s+(\d+) kB/gm,
    );
    return {
      memory: [...sizes].reduce((sum, [, size]) => sum + Number(size) / 1024, 0),
      descriptors: readdirSync(`/proc/${pid}/fd`).length,
    };
  } catch {
    return null;
  }
}
