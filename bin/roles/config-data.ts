import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type EditorialRules, loadEditorial } from "../../config/editorial.ts";
import { root } from "../../config/root.ts";
import { parseTopics, type Topic } from "../../config/topics.ts";
import { shortHash } from "../../lib/text.ts";
import type { PortalConfig } from "../../web/server/config.ts";
import { LANGUAGES } from "../../web/server/config.ts";

/** `bin/setup/bundle.mjs` writes this file: reading the YAML takes a third of a second. */
const BUILT_TOPICS_URL = new URL("./topics.json", import.meta.url);

export async function readTopics(): Promise<Topic[]> {
  const path = join(root, "config/topics.yaml");
  const text = await readFile(path, "utf8");
  const built = await readFile(BUILT_TOPICS_URL, "utf8").catch(() => null);
  if (built === null) return parseTopics(text, path);
  const { of, topics } = JSON.parse(built) as { of: string; topics: Topic[] };
  return of === shortHash(text) ? topics : parseTopics(text, path);
}

function namesIn(topics: readonly Topic[], language: string): Record<string, string> {
  const namesById = topics.flatMap(({ id, names }): [string, string][] => {
    const name = names[language];
    return name === undefined ? [] : [[id, name]];
  });
  return Object.fromEntries(namesById);
}

export function topicNamesOf(
  topics: readonly Topic[],
): Required<Pick<PortalConfig, "topicNames" | "topicNamesIn">> {
  return {
    topicNames: Object.fromEntries(topics.map(({ id, name }) => [id, name])),
    topicNamesIn: Object.fromEntries(
      LANGUAGES.map((language) => [language, namesIn(topics, language)]),
    ),
  };
}

export function readEditorial(): Promise<EditorialRules> {
  return loadEditorial(join(root, "config/editorial.yaml"));
}
