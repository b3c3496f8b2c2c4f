import { readFileSync } from "node:fs";
import type { Half } from "./labelled.ts";

/** A page of a labelled set. */
export interface LabelledPage {
  half: Half;
  url: string;
  html: string;
  /** The expected result; null if the file doesn't give one. */
  truth: unknown;
}

const PAGE = /<!-- page half=([\w-]+) url=(\S+)(?: frame=(\w+))? -->\n/;
const TRUTH = /^<!-- truth (.*) -->\n/;
const HEAD = /^<!-- head -->(.*)\n/;
const SETS = new URL("../fixtures/extractors/", import.meta.url);

/**
 * Returns the pages in one file of a labelled set. Each page begins with a line with its name, then has its expected
 * result as JSON and its head, each on one line, then its markup or the content for its frame (`frames/`).
 */
export function labelledPages(file: string): LabelledPage[] {
  const [, ...parts] = readFileSync(new URL(file, SETS), "utf8").split(PAGE);
  const pages: LabelledPage[] = [];
  for (let at = 0; at < parts.length; at += 4) {
    const [half = "", url = "", frame, rest = ""] = parts.slice(at, at + 4);
    const truth: unknown = JSON.parse(TRUTH.exec(rest)?.[1] ?? "null");
    const own = rest.replace(TRUTH, "");
    pages.push({
      half: half === "tuning" ? half : "held-out",
      url,
      truth,
      html: frame ? framed(own, frame) : own,
    });
  }
  return pages;
}

function framed(own: string, frame: string): string {
  const head = HEAD.exec(own)?.[1] ?? "";
  return readFileSync(new URL(`frames/${frame}.html`, SETS), "utf8")
    .replace("<!-- head -->", () => head)
    .replace("<!-- body -->", () => own.replace(HEAD, ""));
}
