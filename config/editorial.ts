import { readFile } from "node:fs/promises";
import { z } from "zod";
import { parseYaml } from "../lib/yaml-file.ts";
import { type Article, type EditorialState, toVisible } from "../model/articles/article.ts";
import { Filter, matchesFilter } from "../model/publish/filter.ts";

const Verdict = z.enum(
  ["publish", "approve", "review"],
  "must be `publish`, `approve` or `review`",
);

const Rules = z.strictObject({
  rules: z.array(z.strictObject({ where: Filter, verdict: Verdict })).default([]),
  otherwise: Verdict.default("publish"),
});

/** Rules for a new article's initial state. The first match decides; the default is `otherwise`. */
export type EditorialRules = z.infer<typeof Rules>;

const STATES = { publish: "published", approve: "approved", review: "new" } as const;

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

type NewArticle = Parameters<typeof toVisible>[0] & Pick<Article, "status">;

export function compileEditorialRules({
  rules,
  otherwise,
}: EditorialRules): (article: NewArticle) => EditorialState {
  return (article) => {
    const visible = { ...toVisible(article), status: "published" as const };
    const rule = rules.find(({ where }) => matchesFilter(where, visible));
    return STATES[rule?.verdict ?? otherwise];
  };
}
