import { join } from "node:path";
import { loadTopics, type Topic } from "../../config/topics.ts";
import { root } from "./package.ts";

/** The topics of `config/topics.yaml`. */
export function readTopics(): Promise<Topic[]> {
  return loadTopics(join(root, "config/topics.yaml"));
}

/** What readers of a language call topics, by id; those without a name in it are left out. */
export function namesIn(topics: readonly Topic[], language: string): Record<string, string> {
  const named = topics.flatMap(({ id, names }): [string, string][] => {
    const name = names[language];
    return name === undefined ? [] : [[id, name]];
  });
  return Object.fromEntries(named);
}
