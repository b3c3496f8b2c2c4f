import { readFile } from "node:fs/promises";
import { z } from "zod";
import { parseYaml } from "../lib/yaml-file.ts";
import { Filter } from "../model/publish/filter.ts";

const STATES = { publish: "published", approve: "approved", review: "new" } as const;

const Verdict = z
  .enum(["publish", "approve", "review"], "must be `publish`, `approve` or `review`")
  .transform((verdict) => STATES[verdict]);

const Rules = z.strictObject({
  rules: z.array(z.strictObject({ where: Filter, verdict: Verdict })).default([]),
  otherwise: Verdict.default("published"),
});

/** Rules for a new article's initial state. The first match decides; the default is `otherwise`. */
export type EditorialRules = z.infer<typeof Rules>;

/** Returns the rules in a YAML file. Without a file, everything is published. */
export async function loadEditorial(path: string): Promise<EditorialRules> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  return parseEditorial(text, path);
}

/** Returns the rules in a YAML text. `path` is used only in error messages. */
export function parseEditorial(text: string, path: string): EditorialRules {
  return parseYaml(Rules, text, path);
}
