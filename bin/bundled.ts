import { statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../config/root.ts";

const madeAt = (path: string) =>
  statSync(join(root, "dist", path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/**
 * Whether `dist/run` contains a bundle that is at least as new as the compiled code. After `tsc`
 * alone, the bundle is outdated.
 */
export function isBundled(): boolean {
  return madeAt("run/cli.js") >= Math.max(1, madeAt(".tsbuildinfo"));
}
