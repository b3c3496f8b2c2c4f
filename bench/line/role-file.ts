import { join } from "node:path";
import { isBundled } from "../../bin/bundled.ts";
import { root } from "../../config/root.ts";

/**
 * Returns the file that `bin/newsgather` starts roles from: the bundle, or the compiled module if
 * the code was compiled after the bundle was made.
 */
export function roleFile(): string {
  return join(root, isBundled() ? "dist/run/role.js" : "dist/bin/tree/role.js");
}
