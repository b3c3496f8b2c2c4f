import { isMap, isSeq, parseDocument, YAMLMap, YAMLSeq } from "yaml";
import type { PointedField } from "../../model/pointing.ts";

/**
 * A declaration in which a selector gives a field, comments and order kept. With `from`, the selectors that
 * hold now stay for older pages and a copy of them with this one holds from then on.
 */
export function withSelector(
  yaml: string,
  { field, selector, from }: { field: PointedField; selector: string; from: Date | null },
): string {
  const document = parseDocument(yaml);
  const there = document.get("select");
  const selects = isSeq(there) ? there : new YAMLSeq();
  if (selects !== there) document.set("select", selects);
  selects.flow = false;
  const entries = selects.items.filter((item): item is YAMLMap => isMap(item));
  const latest = entries.toSorted((a, b) => since(a) - since(b)).at(-1);
  if (latest && (from === null || since(latest) >= from.getTime())) latest.set(field, selector);
  else {
    const next = latest?.clone();
    const entry = isMap(next) ? next : new YAMLMap();
    if (from !== null) entry.set("validFrom", from.toISOString());
    entry.set(field, selector);
    selects.add(entry);
  }
  return document.toString({ lineWidth: 0 });
}

function since(entry: YAMLMap): number {
  const from: unknown = entry.get("validFrom");
  if (from instanceof Date) return from.getTime();
  return typeof from === "string" ? Date.parse(from) : 0;
}
