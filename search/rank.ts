import type { Database } from "node-sqlite3-wasm";
import { type Asked, matchesIn } from "./asked.ts";
import type { Part } from "./file.ts";
import { quoted } from "./match.ts";

/** What a word counts for by where it stands: title, teaser, text, author, tag; facets count nothing. */
const WEIGHTS = "10, 4, 1, 3, 2, 0";

/** What bounds the cost of an order by relevance. */
export interface RankBounds {
  /** The newest documents in which it is looked how common a word is. */
  sample: number;
  /** Words in a larger share of them say next to nothing, and cost most: the others order alone. */
  common: number;
}

export const RANK_BOUNDS: RankBounds = { sample: 1000, common: 0.1 };

/** A match, the more relevant the smaller its rank. */
export interface Ranked {
  no: number;
  rank: number;
}

/** The best matches between two numbers, at most `limit`. */
export function rank(
  db: Database,
  part: Part,
  { match, by }: { match: string; by: string | null },
  { from, to, limit }: { from: number; to: number; limit: number },
): Ranked[] {
  const scored = `SELECT rowid AS no, bm25(${part}, ${WEIGHTS}) AS rank FROM ${part}
    WHERE ${part} MATCH ? AND rowid BETWEEN ? AND ?`;
  const rows =
    by === null
      ? db.all(`${scored} ORDER BY rank, rowid LIMIT ?`, [match, from, to, limit])
      : db.all(
          `WITH matches AS MATERIALIZED (${matchesIn(part)})
           ${scored} AND +rowid IN (SELECT no FROM matches) ORDER BY rank, rowid LIMIT ?`,
          [match, from, to, by, from, to, limit],
        );
  return rows.map((row) => ({ no: Number(row["no"]), rank: Number(row["rank"]) }));
}

/**
 * By which words matches are ordered: null for all that the query has. Ordering weighs each word by how many
 * documents of the whole index have it, which means counting them: a common one costs as much as the archive
 * is large, and would hardly move anything. Only words that every match has can stand for the others.
 */
export function orderedBy(
  db: Database,
  { words }: Pick<Asked, "words">,
  { sample, common }: RankBounds,
): string | null {
  if (words === null || words.length < 2) return null;
  const last = db.get("SELECT no FROM documents ORDER BY no LIMIT 1 OFFSET ?", sample);
  if (!last) return null;
  const counted = words.map((variants) => {
    const word = variants.map(wordOf).join(" OR ");
    const row = db.get(`SELECT count(*) AS n FROM (${matchesIn("shown")})`, [
      word,
      0,
      Number(last["no"]),
    ]);
    return { word, share: Number(row?.["n"] ?? 0) / sample };
  });
  const telling = counted.filter(({ share }) => share <= common);
  if (telling.length === counted.length) return null;
  const [rarest] = counted.toSorted((a, b) => a.share - b.share);
  const by = telling.length > 0 ? telling : [rarest].flatMap((one) => one ?? []);
  return by.map(({ word }) => word).join(" OR ");
}

function wordOf(mark: string): string {
  return mark.endsWith("*") ? `${quoted(mark.slice(0, -1))}*` : quoted(mark);
}
