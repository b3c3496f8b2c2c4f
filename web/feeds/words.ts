import { z } from "zod";

/** Words of a feed's address: one of them is enough; `|` stands between. */
export const Words = z
  .string()
  .max(500)
  .optional()
  .transform((text) =>
    (text ?? "")
      .toLowerCase()
      .split("|")
      .map((word) => word.trim())
      .filter((word) => word !== ""),
  );

/** Whether a text has one of `wanted` (if there are any) and none of `unwanted`, in whatever case. */
export function hasWords(
  text: string,
  { wanted, unwanted }: { wanted: readonly string[]; unwanted: readonly string[] },
): boolean {
  const lower = text.toLowerCase();
  const has = (word: string) => lower.includes(word);
  return (wanted.length === 0 || wanted.some(has)) && !unwanted.some(has);
}
