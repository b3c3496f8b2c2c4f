import { gunzipSync } from "node:zlib";
import type { Document } from "mongodb";
import type { Store } from "../../store/store.ts";

/** Returns where any of some words still occurs in a database: in every collection and every byte of every body. */
export async function remainsOf(store: Store, words: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await store.db.listCollections().toArray()) {
    for await (const document of store.db.collection(name).find({}, { promoteBuffers: true })) {
      const text = textIn(document).toLowerCase();
      const seen = words.filter((word) => text.includes(word.toLowerCase()));
      if (seen.length > 0) found.push(`${name} ${String(document._id)}: ${seen.join(", ")}`);
    }
  }
  return found;
}

/** Returns keys and values as text, with bodies unpacked. */
function textIn(value: unknown): string {
  if (Buffer.isBuffer(value)) return unpacked(value);
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value as Document)
    .map(([key, part]) => `${key} ${textIn(part)}`)
    .join("\n");
}

function unpacked(bytes: Buffer): string {
  try {
    return gunzipSync(bytes).toString();
  } catch {
    return bytes.toString("latin1");
  }
}
