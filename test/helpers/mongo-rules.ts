import { BSON, type Document } from "mongodb";
import { INDEXES } from "../../store/indexes.ts";

/** Size in bytes of the largest document that MongoDB stores, and its deepest nesting. */
const MOST_BYTES = 16 * 1024 * 1024;
const DEEPEST = 100;
/** Longest entry of an index, bytes: older servers refuse longer ones, and newer ones become slow. */
const LONGEST_KEY = 1024;

/** Describes why MongoDB would refuse a document of a collection; the embedded database may accept it. */
export function brokenRules(collection: string, document: Document): string[] {
  const label = `${collection} ${String(document["_id"])}:`;
  const broken: string[] = [];
  try {
    BSON.serialize(document, { checkKeys: true });
  } catch (error) {
    broken.push(`${label} ${error instanceof Error ? error.message : String(error)}`);
  }
  if (BSON.calculateObjectSize(document) > MOST_BYTES) broken.push(`${label} over 16 MB`);
  if (depthOf(document) > DEEPEST) broken.push(`${label} nested deeper than ${DEEPEST}`);
  if (Array.isArray(document["_id"])) broken.push(`${label} its _id is an array`);
  for (const { collection: of, key } of INDEXES) {
    if (of !== collection) continue;
    const found = Object.keys(key).map((path) => valuesAt(document, path.split(".")));
    const arrays = new Set(found.flatMap(({ array }) => array ?? []));
    const index = Object.keys(key).join(", ");
    if (arrays.size > 1) broken.push(`${label} parallel arrays in the index ${index}`);
    const longest = found.map(({ values }) => Math.max(0, ...values.map(sizeOf)));
    if (longest.reduce((sum, size) => sum + size, 0) > LONGEST_KEY) {
      broken.push(`${label} an entry of the index ${index} is longer than ${LONGEST_KEY} bytes`);
    }
  }
  return broken;
}

/** Returns the values of an index at a path of a document, and the path of the array that it passes. */
function valuesAt(
  from: unknown,
  path: readonly string[],
  gone = "",
): {
  values: unknown[];
  array?: string;
} {
  if (Array.isArray(from)) {
    const each = from.map((one: unknown) => valuesAt(one, path, gone));
    return { values: each.flatMap(({ values }) => values), array: gone };
  }
  const [name, ...rest] = path;
  if (name === undefined) return { values: [from] };
  if (from === null || typeof from !== "object") return { values: [] };
  return valuesAt((from as Document)[name], rest, `${gone}.${name}`);
}

function sizeOf(value: unknown): number {
  return BSON.calculateObjectSize({ "": value });
}

function depthOf(value: unknown): number {
  if (value === null || typeof value !== "object" || BSON.Binary.prototype.isPrototypeOf(value))
    return 0;
  if (ArrayBuffer.isView(value)) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
