import { readdirSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";

export interface TruthPage {
  key: string;
  set: string;
  id: string;
  url: string;
  text?: string;
  title?: string;
  authors?: string[];
  published?: string;
}

export interface Prediction {
  id: string;
  title: string | null;
  text: string | null;
  authors: string[] | null;
  published: string | null;
  lang?: string | null;
}

export interface Details {
  id: string;
  set: string;
  /** F1 of the text's 4-grams. */
  shf?: number;
  /** F1 of the text's words. */
  wf?: number;
  /** Numbers of segments: true positives, false positives, false negatives, true negatives. */
  ww?: [number, number, number, number];
  /** Grade of the title: 1 or 2 if the title is right. */
  title?: number;
  date?: string;
  /** F1 of the authors. */
  auF?: number;
}

interface Aggregate {
  text?: { f1: number; wordF1: number };
  seg?: { f1: number };
  title?: { norm: number };
  date?: { ok: number };
  author?: { f1: number };
  lang?: { ok: number };
}

export interface Scorer {
  loadTruth: (corpus: string, sets?: string[]) => TruthPage[];
  loadPred: (file: string) => Map<string, Prediction>;
  scorePage: (truth: TruthPage, prediction: Prediction | undefined) => Details;
  aggregate: (details: Details[]) => Aggregate;
}

const COLUMNS: [string, string, (figures: Aggregate) => number | undefined][] = [
  ["SH text", "scrapinghub", (it) => it.text?.f1],
  ["FE text", "fundus-eval", (it) => it.text?.f1],
  ["FU text", "fundus", (it) => it.text?.f1],
  ["WX word", "wcxb", (it) => it.text?.wordF1],
  ["TR seg", "trafilatura", (it) => it.seg?.f1],
  ["FU title", "fundus", (it) => it.title?.norm],
  ["WX title", "wcxb", (it) => it.title?.norm],
  ["TR title", "trafilatura", (it) => it.title?.norm],
  ["PL title", "postlight", (it) => it.title?.norm],
  ["FU date", "fundus", (it) => it.date?.ok],
  ["WX date", "wcxb", (it) => it.date?.ok],
  ["TR date", "trafilatura", (it) => it.date?.ok],
  ["HD date", "htmldate", (it) => it.date?.ok],
  ["PL date", "postlight", (it) => it.date?.ok],
  ["FU auth", "fundus", (it) => it.author?.f1],
  ["WX auth", "wcxb", (it) => it.author?.f1],
  ["TR auth", "trafilatura", (it) => it.author?.f1],
  ["PL auth", "postlight", (it) => it.author?.f1],
  ["FU lang", "fundus", (it) => it.lang?.ok],
  ["TR lang", "trafilatura", (it) => it.lang?.ok],
];

export function columnsOf(scorer: Scorer, details: Details[]): (number | undefined)[] {
  return COLUMNS.map(([, set, figure]) => {
    const own = details.filter((page) => page.set === set);
    return own.length > 0 ? figure(scorer.aggregate(own)) : undefined;
  });
}

export function peerFiles(corpus: string): [string, string][] {
  const folder = join(corpus, "peers");
  return readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => [file.replace(".jsonl", ""), join(folder, file)]);
}

export function printTable(extractors: { name: string; columns: (number | undefined)[] }[]): void {
  const [, ...peers] = extractors;
  const table = new Table({
    head: ["", ...extractors.map(({ name }) => name), "lead"],
    style: { head: [], border: [], compact: true },
  });
  COLUMNS.forEach(([name], at) => {
    const figures = extractors.map(({ columns }) => columns[at]);
    const best = Math.max(...peers.map(({ columns }) => columns[at] ?? 0));
    const lead = (figures[0] ?? 0) - best;
    table.push([
      name,
      ...figures.map((figure) => figure?.toFixed(3) ?? "-"),
      `${lead < 0 ? "" : "+"}${lead.toFixed(3)}`,
    ]);
  });
  process.stdout.write(`${table.toString()}\n`);
}

export function worstPages(
  truth: TruthPage[],
  details: Details[],
  ours: Map<string, Prediction>,
  count: number,
): string[] {
  const byKey = new Map(truth.map((page) => [page.key, page]));
  const fields: [
    string,
    (page: Details) => number | undefined,
    (page: TruthPage, own: Prediction) => string,
  ][] = [
    [
      "text",
      (page) => page.wf ?? segmentShare(page),
      (page, own) => diff(page.text ?? "", own.text ?? ""),
    ],
    ["title", (page) => page.title, (page, own) => `${page.title} <> ${own.title}`],
    [
      "date",
      (page) => (page.date === "wrong" || page.date === "missing" ? 0 : undefined),
      (page, own) => `${page.published} <> ${own.published}`,
    ],
    [
      "authors",
      (page) => page.auF,
      (page, own) => `${page.authors?.join(", ")} <> ${own.authors?.join(", ")}`,
    ],
  ];
  return fields.flatMap(([name, figure, difference]) => {
    const worst = details
      .map((page) => ({ page, value: figure(page) }))
      .filter(({ value }) => value !== undefined && value < 1)
      .toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))
      .slice(0, count);
    const lines = worst.flatMap(({ page, value }) => {
      const own = ours.get(page.id);
      const wanted = byKey.get(page.id);
      return own && wanted ? [`  ${value?.toFixed(2)} ${page.id}  ${difference(wanted, own)}`] : [];
    });
    return [`\nworst ${name}`, ...lines];
  });
}

function segmentShare({ ww }: Details): number | undefined {
  if (!ww) return undefined;
  const [right, extra, missed, left] = ww;
  return (right + left) / (right + extra + missed + left);
}

function diff(truth: string, own: string): string {
  const parts = (text: string) =>
    text
      .split(/\n+/)
      .map((part) => part.trim())
      .filter(Boolean);
  const missing = parts(truth).find((part) => !own.includes(part));
  const extra = parts(own).find((part) => !truth.includes(part));
  return `- ${missing?.slice(0, 70) ?? ""}  + ${extra?.slice(0, 70) ?? ""}`;
}
