import { readFileSync } from "node:fs";
import { parseTopics } from "../../config/topics.ts";

/** The topics of the portal, as shipped. */
export const portalTopics = () =>
  parseTopics(readFileSync("config/topics.yaml", "utf8"), "config/topics.yaml");
