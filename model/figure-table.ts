/** Figures that can be asked for. */
export const FIGURES = {
  volume: "articles: listed, copies, kept back, taken back",
  latency: "from publication to our first look, and from there to readers",
  topics: "listed articles by topic",
  countries: "listed articles by country",
  regions: "listed articles by region (ISO 3166-2)",
  cities: "listed articles by city",
  languages: "listed articles by language",
  reliability: "how sources answered, and what their runs brought (days in UTC)",
  storage: "what responses took and take (days in UTC)",
  flows: "whose texts are told again by whom, and how much later",
} as const;
export type FigureName = keyof typeof FIGURES;

/** What a figure's rows are of: days, sources, or the whole span. */
export const FIGURE_ROWS = ["day", "source", "total"] as const;
export type FigureRows = (typeof FIGURE_ROWS)[number];

/** What may be asked of each; the first is what is shown. */
export const ROWS_OF: Readonly<Record<FigureName, readonly FigureRows[]>> = {
  volume: ["day", "source"],
  latency: ["source", "day", "total"],
  topics: ["total", "day"],
  countries: ["total", "day"],
  regions: ["total", "day"],
  cities: ["total", "day"],
  languages: ["total", "day"],
  reliability: ["source", "day", "total"],
  storage: ["source", "day", "total"],
  flows: ["total"],
};

/** What is asked of a figure: days are `YYYY-MM-DD` in the portal's time zone, both included. */
export interface FigureQuery {
  name: FigureName;
  rows: FigureRows;
  from: string;
  to: string;
  /** Keys, sources or pairs at most, those with most articles first; days are never left out. */
  top: number;
}

/** One column of a figure; spans of time are in seconds. */
export interface FigureColumn {
  name: string;
  type: "text" | "count" | "seconds" | "share" | "bytes";
  about: string;
}

/** A figure as API, files and pages show it. */
export interface FigureTable {
  columns: readonly FigureColumn[];
  rows: Record<string, string | number | null>[];
}
