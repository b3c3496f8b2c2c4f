import { plainTable } from "../../bin/output.ts";
import type { Outcome } from "./run.ts";
import { lateOnes, type Struck } from "./strike.ts";

const HEAD = [
  "fault",
  "injected",
  "expected",
  "stored",
  "lost",
  "doubled",
  "first s",
  "all s",
  "through s",
];

export function faultTable({ struck, skipped, total, differences }: Outcome): string {
  const kinds = new Map<string, Struck[]>();
  for (const hit of struck) {
    const name = `${hit.fault}: ${hit.does}`;
    kinds.set(name, [...(kinds.get(name) ?? []), hit]);
  }
  const rows = [...kinds].map(([name, hits]) => [
    name,
    hits.length,
    ...(["expected", "stored", "lost", "doubled"] as const).map((key) => sum(hits, key)),
    ...(["first", "all", "through"] as const).map((key) => worst(hits, key)),
  ]);
  const { expected, stored, lost, doubled } = total;
  const end = ["all, at the end", struck.length, expected, stored, lost, doubled];
  const all = [...end, ...(["first", "all", "through"] as const).map((key) => worst(struck, key))];
  return [
    plainTable(HEAD, [...rows, all], { right: [1, 2, 3, 4, 5, 6, 7, 8] }),
    "seconds: the longest until work went on at the first site, at every site, and until all was stored",
    ...skipped.map(({ fault, why }) => `not injected: ${fault}, since ${why}`),
    ...lateOnes(struck),
    ...struck.flatMap(({ fault, problems }) => problems.map((problem) => `${fault}: ${problem}`)),
    ...differences,
  ].join("\n");
}

function sum(hits: Struck[], key: "expected" | "stored" | "lost" | "doubled"): number {
  return hits.reduce((total, hit) => total + hit[key], 0);
}

function worst(hits: Struck[], key: "first" | "all" | "through"): string {
  const known = hits.flatMap((hit) => hit[key] ?? []);
  return known.length > 0 ? Math.max(...known).toFixed(1) : "-";
}
