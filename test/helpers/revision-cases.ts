import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { type Edit, SITES, type Text } from "../../demo/data.ts";

/** A publisher's edit of one of the world's texts, as labelled in `test/fixtures/revisions`. */
export interface RevisionCase {
  of: string;
  kind: string;
  edit: Edit;
}

const TEXTS = new Map(SITES.flatMap(({ articles }) => articles.map((text) => [text.slug, text])));

/** Returns the text of a case before the edit. */
export function textOfCase({ of }: RevisionCase): Text {
  const text = TEXTS.get(of);
  if (!text) throw new Error(`there is no text "${of}"`);
  return text;
}

/** Returns the labelled cases of a file. */
export async function revisionCases(file: string): Promise<RevisionCase[]> {
  const url = new URL(`../fixtures/revisions/${file}`, import.meta.url);
  return parse(await readFile(url, "utf8")) as RevisionCase[];
}
