import type { Topic } from "../../config/topics.ts";
import { fromCsv } from "./csv.ts";
import type { Drafts } from "./import.ts";
import { fromOpml } from "./opml.ts";

/** Reads sources from OPML or CSV; folders that are called like a topic give it. */
export function readImport(text: string, format: "csv" | "opml", topics: readonly Topic[]): Drafts {
  if (format === "csv") return fromCsv(text);
  const names = topics.flatMap(({ id, name }) =>
    [id, name].map((word) => [word.toLowerCase(), id] as const),
  );
  return fromOpml(text, new Map(names));
}
