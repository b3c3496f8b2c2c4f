import { statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../config/root.ts";

/** The file that `bin/newsgather` starts roles by: that of the bundle, unless it was compiled anew since. */
export function roleFile(): string {
  const [bundled, compiled] = ["dist/run/role.js", "dist/bin/role.js"].map((path) =>
    join(root, path),
  ) as [string, string];
  const madeAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const isCurrent = madeAt(bundled) >= Math.max(1, madeAt(join(root, "dist/.tsbuildinfo")));
  return isCurrent ? bundled : compiled;
}
