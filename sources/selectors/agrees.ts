import type { PointedField } from "../../model/pointing.ts";
import type { KeptPage } from "./pages.ts";

/** A date that is told by day alone may differ by its zone, ms. */
const DAY = 36 * 3_600_000;

/** Whether a value is what the feed or list said of a page; null where it said nothing of the field. */
export function agrees(
  { hints }: Pick<KeptPage, "hints">,
  field: PointedField,
  value: string | null,
): boolean | null {
  if (field === "title" && hints.title !== undefined) {
    return value !== null && folded(value) === folded(hints.title);
  }
  if (field === "publishedAt" && hints.publishedAt !== undefined) {
    return value !== null && Math.abs(Date.parse(value) - hints.publishedAt.getTime()) < DAY;
  }
  return null;
}

function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
