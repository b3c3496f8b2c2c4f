import { z } from "zod";
import { ApiItem } from "../../articles/stream/item.ts";
import { ProblemError } from "../../model/problem.ts";

/** Fields that an item keeps whatever is asked for: what it is, and in which version. */
const KEPT = ["id", "version"];

/** Which fields of items are asked for, as it stands in addresses. */
export const fieldsQuery = {
  fields: z
    .string()
    .max(1000)
    .optional()
    .describe("Only these fields of each item, beside `id` and `version`: `title,url,teaser`"),
};

/** Leaves items the fields that are asked for; throws a 400 problem that names one that there isn't. */
export function picker(
  fields: string | undefined,
  also: readonly string[] = [],
): <T extends object>(item: T) => Partial<T> {
  if (fields === undefined) return (item) => item;
  const wanted = fields
    .split(",")
    .map((field) => field.trim())
    .filter((field) => field !== "");
  const known = [...Object.keys(ApiItem.shape), ...also];
  const unknown = wanted.filter((field) => !known.includes(field));
  if (unknown.length > 0) {
    const detail = `fields: there is no ${unknown.join(", ")}; allowed: ${known.join(", ")}.`;
    throw new ProblemError(400, "invalid-request", detail);
  }
  const kept = new Set([...KEPT, ...wanted]);
  return <T extends object>(item: T) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => kept.has(name))) as Partial<T>;
}
