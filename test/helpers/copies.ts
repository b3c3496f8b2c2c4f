import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { fingerprint } from "../../articles/matching/fingerprint.ts";
import { SITES } from "../../demo/data.ts";
import { type Random, random } from "../../demo/random.ts";
import { shortHash } from "../../lib/text.ts";
import type { Fingerprint } from "../../model/articles/fingerprint.ts";
import { makePrint } from "./prints.ts";

/** Two articles, labelled by whether one is a copy of the other. */
export interface LabelledPair {
  /** How the second was made from the first, or why it isn't a copy. */
  kind: string;
  language: string;
  isHeldOut: boolean;
  isCopy: boolean;
  a: Fingerprint;
  b: Fingerprint;
}

interface Original {
  name: string;
  language: string;
  title: string;
  text: string;
}

interface Series {
  id: string;
  language: string;
  title: string;
  text: string;
  reports: Record<string, string | number>[];
}

const AT = new Date("2026-11-25T10:00:00Z");
const UNSPACED = new Set(["zh", "ja"]);

/** Whether a name belongs to the half of the set that was not used to write the rules. */
export function isHeldOut(name: string): boolean {
  return Number.parseInt(shortHash(name).slice(0, 8), 16) % 2 === 1;
}

const ORIGINALS: Original[] = SITES.flatMap((site) =>
  site.articles.map(({ slug, title, body }) => {
    const text = body.replaceAll(/^(## |> )/gm, "").trim();
    return { name: `${site.id}/${slug}`, language: site.language, title, text };
  }),
);

const printOf = (articleId: string, language: string, title: string, text: string) =>
  makePrint(articleId, fingerprint({ sourceId: "any", trust: 0.5, language, title, text, at: AT }));

/** Returns each text of the sample world with copies made from it. */
export function copyPairs(): LabelledPair[] {
  return ORIGINALS.flatMap(({ name, language, title, text }, index) => {
    const others = ORIGINALS.filter((one) => one.language === language && one.name !== name);
    const other = others[index % others.length];
    if (!other) throw new Error(`${language} needs a second text`);
    const source = random("copies", name);
    const words = { own: wordsOf(text, language), other: wordsOf(other.text, language) };
    const a = printOf(name, language, title, text);
    return Object.entries(COPIES).map(([kind, make]): LabelledPair => {
      const copy = make(words.own, words.other, source).join(UNSPACED.has(language) ? "" : " ");
      const b = printOf(`${name}/${kind}`, language, title, copy);
      return { kind, language, isHeldOut: isHeldOut(name), isCopy: true, a, b };
    });
  });
}

type Words = readonly string[];

const COPIES: Record<string, (own: Words, other: Words, source: Random) => Words> = {
  "as it is": (own) => own,
  "5 % edited": (own, other, source) => edited(own, other, 0.05, source),
  "cut to 70 %": (own) => cut(own, 0.7),
  "new lead, 3 % edited": (own, other, source) => [
    ...other.slice(0, 25),
    ...edited(own, other, 0.03, source),
  ],
  "5 % edited, cut to 70 %": (own, other, source) => cut(edited(own, other, 0.05, source), 0.7),
  "new lead, cut to 70 %": (own, other) => [...other.slice(0, 25), ...cut(own, 0.7)],
  "excerpt of 40 %": (own) => cut(own, 0.4),
};

/**
 * Splits a text into words without the white space after them; for scripts without spaces, into pairs of characters.
 */
function wordsOf(text: string, language: string): string[] {
  return UNSPACED.has(language) ? (text.match(/.{1,2}/gsu) ?? []) : text.split(/\s+/);
}

function edited(own: Words, other: Words, share: number, source: Random): Words {
  return own.map((word) => {
    const isEdited = source.next() < share && !/\p{N}/u.test(word);
    return isEdited ? source.pick(other.filter((each) => !/\p{N}/u.test(each))) : word;
  });
}

function cut(words: Words, part: number): Words {
  return words.slice(0, Math.round(words.length * part));
}

/** Returns every pair of different texts in one language. */
export function unrelatedPairs(): LabelledPair[] {
  const prints = ORIGINALS.map((one) => ({
    ...one,
    print: printOf(one.name, one.language, one.title, one.text),
  }));
  return pairsOf(prints).flatMap(([one, two]): LabelledPair[] => {
    if (one.language !== two.language) return [];
    const { language, print: a } = one;
    const isOut = isHeldOut(one.name);
    return [{ kind: "unrelated", language, isHeldOut: isOut, isCopy: false, a, b: two.print }];
  });
}

/** Returns every pair of reports in one series. */
export function seriesPairs(): LabelledPair[] {
  const file = join(import.meta.dirname, "../fixtures/copies/series.yaml");
  const all = parse(readFileSync(file, "utf8")) as Series[];
  return all.flatMap(({ id, language, title, text, reports }) => {
    const prints = reports.map((slots, n) =>
      printOf(`${id}-${n}`, language, filled(title, slots), joined(filled(text, slots), language)),
    );
    return pairsOf(prints).map(([a, b]): LabelledPair => {
      return { kind: id, language, isHeldOut: isHeldOut(id), isCopy: false, a, b };
    });
  });
}

function filled(template: string, slots: Series["reports"][number]): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = slots[name];
    if (value === undefined) throw new Error(`no ${name} in ${JSON.stringify(slots)}`);
    return String(value);
  });
}

/** Joins folded lines: YAML joins them with a space, which scripts without spaces don't have. */
function joined(text: string, language: string): string {
  return UNSPACED.has(language) ? text.replaceAll(" ", "") : text;
}

function pairsOf<T>(list: T[]): [T, T][] {
  return list.flatMap((one, index) => list.slice(index + 1).map((two): [T, T] => [one, two]));
}
