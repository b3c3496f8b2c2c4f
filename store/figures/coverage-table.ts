import type { FigureQuery, FigureTable } from "../../model/figure-table.ts";
import { addUp, type DayCounts, sumOf, topOf } from "./add-up.ts";

/** Listed articles by topic, place or language (`thing`), of the whole span or day by day. */
export function coverageTable(
  days: readonly DayCounts[],
  thing: string,
  { rows, top }: Pick<FigureQuery, "rows" | "top">,
): FigureTable {
  const byKey = addUp(days, (key, day) => [key, day]);
  const all = [...byKey.values()].reduce((sum, counts) => sum + sumOf(counts), 0);
  const most = topOf(byKey, top);
  const key = { name: thing, type: "text", about: ABOUT[thing] ?? thing } as const;
  const articles = { name: "articles", type: "count", about: "listed articles" } as const;
  if (rows === "day") {
    const told = days.flatMap(({ day, counts }) =>
      most.flatMap(([name]) => {
        const count = counts.get(name);
        return count ? { day, [thing]: name, articles: count } : [];
      }),
    );
    const day = { name: "day", type: "text", about: "day" } as const;
    return { columns: [day, key, articles], rows: told };
  }
  const of = thing === "topic" ? "all topics of listed articles" : "listed articles that have one";
  const about = `its part of ${of}`;
  return {
    columns: [key, articles, { name: "share", type: "share", about }],
    rows: most.map(([name, counts]) => {
      const sum = sumOf(counts);
      return { [thing]: name, articles: sum, share: Number((sum / all).toFixed(4)) };
    }),
  };
}

const ABOUT: Record<string, string> = {
  topic: "id of config/topics.yaml; an article may have several",
  country: "ISO 3166-1 alpha-2",
  region: "ISO 3166-2",
  city: "country and city, in English",
  language: "BCP 47 primary language",
};
