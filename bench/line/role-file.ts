import { statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../config/root.ts";

/** The file that `bin/newsgather` starts roles by: that of the bundle, unless it was compiled anew since. */
export function roleFile(): string {
  return join(root, isBundled() ? "dist/run/role.js" : "dist/bin/tree/role.js");
}

const madeAt = (path: string) =>
  statSync(join(root, "dist", path), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Whether the bundle is that of the code that was compiled last; after `tsc` alone it is that of before. */
function isBundled(): boolean {
  return madeAt("run/cli.js") >= Math.max(1, madeAt(".tsbuildinfo"));
}
