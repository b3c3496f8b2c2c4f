import { readFileSync } from "node:fs";
import { join } from "node:path";
import { clusterOf, isBefore } from "../../articles/matching/cluster.ts";
import { fingerprint, probeKeys } from "../../articles/matching/fingerprint.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import { isHeldOut } from "./copies.ts";
import { makePrint } from "./prints.ts";

/** An article labelled with its event. */
export interface LabelledArticle {
  event: string;
  language: string;
  isHeldOut: boolean;
  title: string;
  text: string;
  print: Fingerprint;
}

/** Reads the labelled articles of test/fixtures/stories/events.txt. */
export function readEvents(): LabelledArticle[] {
  const file = join(import.meta.dirname, "../fixtures/stories/events.txt");
  let [family, event] = ["", ""];
  const articles: LabelledArticle[] = [];
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.startsWith("# family ")) family = line.slice(9);
    else if (line.startsWith("## ")) event = line.slice(3);
    else if (line.trim()) articles.push(articleOf(line, { family, event, n: articles.length }));
  }
  return articles;
}

function articleOf(
  line: string,
  { family, event, n }: { family: string; event: string; n: number },
): LabelledArticle {
  const [head = "", title = "", text = ""] = line.split(" | ");
  const [when = "", language = "", sourceId = ""] = head.split(" ");
  const [day, hour] = when.split(".").map(Number);
  if (!day || hour === undefined || !text) throw new Error(`events.txt: ${line}`);
  const at = new Date(Date.UTC(2026, 10, day, hour));
  const features = fingerprint({ sourceId, trust: 0.5, language, title, text, at });
  const print = makePrint(`${event}-${n}`, features);
  return { event, language, isHeldOut: isHeldOut(family), title, text, print };
}

/** Returns the story that the pipeline finds for each article, by article id. */
export function storiesOf(articles: readonly LabelledArticle[]): Map<string, string> {
  const decided = decide(articles.map(({ print }) => print));
  return new Map([...decided].map(([id, { cluster }]) => [id, cluster?.story ?? id]));
}

/** Returns fingerprints with their clusters, decided from the earliest on, by article id. */
export function decide(prints: readonly Fingerprint[]): Map<string, Fingerprint> {
  const known = new Map<string, Fingerprint>();
  for (const own of prints.toSorted((a, b) => (isBefore(a, b) ? -1 : 1))) {
    const keys = new Set(probeKeys(own));
    const neighbours = [...known.values()].filter((each) => each.keys.some((key) => keys.has(key)));
    const cluster = clusterOf(own, { neighbours, get: (id) => known.get(id) });
    known.set(own._id, { ...own, cluster });
  }
  return known;
}

/** Returns the B-cubed precision, recall and F1 of stories against events (Bagga and Baldwin 1998). */
export function bCubed(articles: readonly LabelledArticle[], stories: Map<string, string>) {
  const storyOf = (one: LabelledArticle) => stories.get(one.print._id);
  let [precision, recall] = [0, 0];
  for (const one of articles) {
    const together = articles.filter((other) => storyOf(other) === storyOf(one));
    const right = together.filter(({ event }) => event === one.event).length;
    precision += right / together.length;
    recall += right / articles.filter(({ event }) => event === one.event).length;
  }
  [precision, recall] = [precision / articles.length, recall / articles.length];
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) };
}
