/** How often each of any keys was counted. */
export type Counts = Map<string, number>;

/** Adds to a key's count, in place; a key that comes to nothing goes. */
export function addCount(counts: Counts, key: string, by: number): void {
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

/** Counts as they are stored, in hand. */
export function openCounts(record: Record<string, number>): Counts {
  return new Map(Object.entries(record).map(([name, count]) => [fromField(name), count]));
}

/** Counts as they are stored: their keys are field names that every server takes. */
export function shutCounts(counts: Counts): Record<string, number> {
  return Object.fromEntries([...counts].map(([key, count]) => [toField(key), count]));
}

/** No dot, no dollar, never empty. */
function toField(key: string): string {
  return key.replace(/[%.$\0]/g, encodeChar) || "%";
}

function encodeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

function fromField(name: string): string {
  if (name === "%") return "";
  return name.replace(/%([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
