import { type Arbitrary, array, constantFrom, double, integer, record, tuple } from "fast-check";

/** Input that breaks parsers: ends of sections, entities, numbers, marks, bytes in no charset. */
const TOKENS =
  `<|>|</|/>|&|&#x0;|&#xd800;|&#1114112;|&lol;|<![CDATA[|]]>|<!--|-->|<!DOCTYPE x [<!ENTITY a "b">]>
|<?xml version="1.0" encoding="utf-16"?>|\0|\xff\xfe|\xef\xbb\xbf|\xc0\xaf|\xed\xa0\x80|%00|%|{{|}}|[|]|{|}|"|'|\\|\r|\t|=|:|;|,|@|#|?
|99999999999999999999|-1|1e400|NaN|2026-02-31T25:61:61+99:99|Infinity|__proto__|constructor|javascript:|<script>|<svg onload=1>
|<item>|</item>|<entry>|<url><loc>|<title>|<base href="//[">|User-agent: *|Disallow: *$|Crawl-delay: 1e9|endstream|endobj|xref`
    .replaceAll("\n", "")
    .split("|");

interface Edit {
  kind: "flip" | "cut" | "double" | "token" | "repeat" | "splice" | "end";
  at: number;
  size: number;
  token: string;
  other: string;
}

/** Generates real inputs with some bytes changed, as byte strings (latin1). */
export function mutated(inputs: string[]): Arbitrary<string> {
  const edit = record<Edit>({
    kind: constantFrom("flip", "cut", "double", "token", "token", "repeat", "splice", "end"),
    at: double({ min: 0, max: 1, noNaN: true }),
    size: integer({ min: 1, max: 400 }),
    token: constantFrom(...TOKENS),
    other: constantFrom(...inputs),
  });
  return tuple(constantFrom(...inputs), array(edit, { minLength: 1, maxLength: 12 })).map(
    ([input, edits]) => edits.reduce(apply, input),
  );
}

function apply(text: string, { kind, at, size, token, other }: Edit): string {
  const start = Math.floor(at * text.length);
  const [before, after] = [text.slice(0, start), text.slice(start)];
  switch (kind) {
    case "flip":
      return (
        before +
        String.fromCharCode((after.charCodeAt(0) || 0) ^ (1 << (size % 8))) +
        after.slice(1)
      );
    case "cut":
      return before + after.slice(size);
    case "double":
      return before + after.slice(0, size) + after;
    case "token":
      return before + token + after;
    case "repeat":
      return before + token.repeat(size) + after;
    case "splice":
      return before + other.slice(Math.floor(at * other.length)).slice(0, size * 5) + after;
    case "end":
      return before;
    default:
      return text;
  }
}
