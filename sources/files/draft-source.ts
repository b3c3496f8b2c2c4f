import { parse } from "yaml";
import type { Source } from "../../model/source.ts";
import { formatProblem, parseSource } from "./sources.ts";

/** The source that a declaration in YAML is, or its mistakes by line and column, in words. */
export function draftSource(
  yaml: string,
  topics: ReadonlySet<string> | null,
): { source: Source } | { problems: string[] } {
  const { source, problems } = parseSource(yaml, `${idIn(yaml)}.yaml`, topics, new Map());
  if (source && problems.length === 0) return { source };
  return { problems: problems.map(formatProblem) };
}

function idIn(yaml: string): string {
  try {
    const read: unknown = parse(yaml);
    const id = typeof read === "object" && read !== null && "id" in read ? read.id : null;
    return typeof id === "string" ? id : "source";
  } catch {
    return "source";
  }
}
