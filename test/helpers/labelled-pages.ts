import { readFileSync } from "node:fs";
import type { Half } from "./labelled.ts";

/** One page of a labelled set. */
export interface LabelledPage {
  half: Half;
  url: string;
  html: string;
  /** What the page is to give; null where the file says nothing of it. */
  truth: unknown;
}

const PAGE = /<!-- page half=([\w-]+) url=(\S+)(?: frame=(\w+))? -->\n/;
const TRUTH = /^<!-- truth (.*) -->\n/;
const HEAD = /^<!-- head -->(.*)\n/;
const SETS = new URL("../fixtures/extractors/", import.meta.url);

/**
 * The pages of one file of a labelled set. Each begins with a line that names it, then its truth as
 * JSON and its head, each on one line, then its markup or what its frame (`frames/`) is put around.
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
