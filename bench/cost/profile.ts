/** A V8 CPU profile as `node --cpu-prof` writes it; times in µs. */
export interface CpuProfile {
  nodes: {
    id: number;
    callFrame: { functionName: string; url: string; lineNumber: number; columnNumber?: number };
    children?: number[];
  }[];
  samples: number[];
  timeDeltas: number[];
}

/** One stack, outermost frame first, and its sampled time, µs. */
export interface Stack {
  frames: string[];
  stage: string;
  us: number;
}

export const START_UP = "start-up";

/**
 * Patterns of paths, each with its stage. A stack belongs to the stage of its innermost matching
 * frame.
 */
const STAGES: readonly (readonly [RegExp, string])[] = [
  [/\/dist\/extractors\//, "extract"],
  [/\/dist\/articles\/classify\//, "classify"],
  [/\/dist\/articles\/(matching|stories)\//, "dedupe"],
  [/\/dist\/crawler\/links\//, "discover"],
  [/\/dist\/(crawler|workers\/turn\/hold-slot)/, "fetch"],
  [/\/dist\/store\/|\/node_modules\/(mongodb|bson)\//, "store"],
  [/\/dist\/queues\/|\/node_modules\/(bullmq|ioredis|redis-parser|msgpackr)\//, "queue"],
  [/\/node_modules\/undici\/|node:(internal\/)?(_?http|zlib)/, "fetch"],
  [
    /\/node_modules\/(piscina|p-limit)\/|node:internal\/(worker|per_context\/messageport)/,
    "hand-over",
  ],
  [/\/dist\/workers\//, "turn"],
  [/\/dist\/web\/|\/node_modules\/(fastify|@fastify|find-my-way)/, "publish"],
  [/node:internal\/modules|node:internal\/vm/, START_UP],
  [/\/dist\/config\//, START_UP],
];

/** A parser thread waits for a page in `atomicsWaitLoop`. */
const WAITING_FRAMES = new Set(["(idle)", "(root)", "atomicsWaitLoop"]);

/** Returns the stacks of a profile, except those in which the thread only waited. */
export function stacksOf(profile: CpuProfile): Stack[] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map<number, number>();
  for (const { id, children = [] } of profile.nodes)
    for (const child of children) parents.set(child, id);
  const spent = new Map<number, number>();
  profile.samples.forEach((id, index) => {
    spent.set(id, (spent.get(id) ?? 0) + Math.max(0, profile.timeDeltas[index] ?? 0));
  });
  return [...spent].flatMap(([leaf, us]) => {
    const path: CpuProfile["nodes"][number]["callFrame"][] = [];
    for (let at: number | undefined = leaf; at !== undefined; at = parents.get(at)) {
      const frame = nodes.get(at)?.callFrame;
      if (frame && frame.functionName !== "(root)") path.push(frame);
    }
    const innermost = path[0];
    if (!innermost || WAITING_FRAMES.has(innermost.functionName)) return [];
    return { frames: path.map(labelOf).toReversed(), stage: stageOf(path), us };
  });
}

function stageOf(innermostFirst: readonly { functionName: string; url: string }[]): string {
  for (const { url, functionName } of innermostFirst) {
    if (functionName === "(garbage collector)") return "garbage collection";
    const rule = STAGES.find(([pattern]) => pattern.test(url));
    if (rule) return rule[1];
  }
  return "runtime";
}

function labelOf({
  functionName,
  url,
  lineNumber,
}: CpuProfile["nodes"][number]["callFrame"]): string {
  const file = url.replace(/^.*\/(?:dist|node_modules)\//, "");
  const name = functionName || "(anonymous)";
  return file === "" ? name : `${name} ${file}:${lineNumber + 1}`;
}

/** Returns the share of sampled time by stage, 0 to 1. */
export function sharesOf(stacks: readonly Stack[]): Map<string, number> {
  const total = stacks.reduce((sum, { us }) => sum + us, 0);
  const shares = new Map<string, number>();
  for (const { stage, us } of stacks) shares.set(stage, (shares.get(stage) ?? 0) + us / total);
  return shares;
}
