import { join } from "node:path";
import { compileEditorialRules, loadEditorial } from "../../config/editorial.ts";
import { root } from "../../config/root.ts";

/** What `config/editorial.yaml` makes of a new article. */
export async function readEditorial(): Promise<ReturnType<typeof compileEditorialRules>> {
  return compileEditorialRules(await loadEditorial(join(root, "config/editorial.yaml")));
}
