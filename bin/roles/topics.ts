import { join } from "node:path";
import { loadTopics, type Topic } from "../../config/topics.ts";
import { root } from "./package.ts";

/** The topics of `config/topics.yaml`. */
export function readTopics(): Promise<Topic[]> {
  return loadTopics(join(root, "config/topics.yaml"));
}
