import { join } from "node:path";
import { isBundled } from "../../bin/bundled.ts";
import { root } from "../../config/root.ts";

/** The file that `bin/newsgather` starts roles by: that of the bundle, unless it was compiled anew since. */
export function roleFile(): string {
  return join(root, isBundled() ? "dist/run/role.js" : "dist/bin/tree/role.js");
}
