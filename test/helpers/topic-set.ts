import { readdir, readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import type { Topic } from "../../config/topics.ts";
import { type Half, halfOf } from "./labelled.ts";

const FOLDER = new URL("../fixtures/topics/", import.meta.url);

const Texts = z.array(
  z.strictObject({
    title: z.string(),
    text: z.string(),
    topics: z.array(z.string()),
    also: z.array(z.string()).default([]),
  }),
);

/** A short news text with its topics, and with arguable ones, including broader topics. */
export interface LabelledText {
  language: string;
  title: string;
  text: string;
  topics: string[];
  also: string[];
  /** `oblique`: headlines that avoid the words of their subject; `fresh`: written after the keywords. */
  part: Half | "oblique" | "fresh";
}

/** Reads the labelled texts of `test/fixtures/topics`; its README says how they were made. */
export async function readTopicSet(topics: readonly Topic[]): Promise<LabelledText[]> {
  const parents = new Map(topics.map(({ id, parent }) => [id, parent]));
  const [first, oblique, fresh] = await Promise.all([
    readTexts("first/"),
    readTexts("oblique/"),
    readTexts("fresh/"),
  ]);
  return [
    ...first.map((one) => ({ ...one, part: halfOf(one.title) })),
    ...oblique.map((one) => ({ ...one, part: "oblique" as const })),
    ...fresh.map((one) => ({ ...one, part: "fresh" as const })),
  ].map((one) => ({
    ...one,
    topics: withWider(one.topics, parents),
    also: withWider(one.also, parents),
  }));
}

async function readTexts(name: string) {
  const folder = new URL(name, FOLDER);
  const files = await readdir(folder);
  const texts = files.toSorted().map(async (file) => {
    const read = Texts.parse(parse(await readFile(new URL(file, folder), "utf8")));
    return read.map((one) => ({ ...one, language: file.replace(".yaml", "") }));
  });
  return (await Promise.all(texts)).flat();
}

function withWider(ids: string[], parents: ReadonlyMap<string, string | null>): string[] {
  const all = new Set(ids);
  for (const id of all) {
    const parent = parents.get(id);
    if (parent === undefined) throw new Error(`${id} is no topic of config/topics.yaml`);
    if (parent !== null) all.add(parent);
  }
  return [...all];
}
