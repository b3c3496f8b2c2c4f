import { join } from "node:path";
import { loadEditorial, ruledBy } from "../../config/editorial.ts";
import { root } from "../../config/root.ts";

/** What `config/editorial.yaml` makes of a new article. */
export async function readEditorial(): Promise<ReturnType<typeof ruledBy>> {
  return ruledBy(await loadEditorial(join(root, "config/editorial.yaml")));
}
