import { statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../config/root.ts";

const madeAt = (path: string) =>
  statSync(join(root, "dist", path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

export function isBundled(): boolean {
  return madeAt("run/cli.js") >= Math.max(1, madeAt(".tsbuildinfo"));
}
