import { type Half, halfOf } from "../labelled.ts";
import { CARDS } from "./cards.ts";
import { itemsIn, type LayoutItem } from "./items.ts";
import { LISTS } from "./lists.ts";
import { ODD } from "./odd.ts";
import { PORTALS } from "./portals.ts";

/**
 * How a site lays out its list of articles. Written for this project from the habits, not the markup, of content
 * management systems, public bodies' templates and newspapers.
 */
export interface Layout {
  name: string;
  language: string;
  pathOf: (index: number, title: string) => string;
  /** Returns the date as on the page; null if the page shows none. */
  date: ((published: Date) => string) | null;
  hasTeaser: boolean;
  /** URL of the next page. */
  next: string | null;
  html: (items: LayoutItem[], layout: Layout) => string;
}

/** A layout filled with articles, and the expected result. */
export interface LaidOut {
  layout: Layout;
  half: Half;
  url: string;
  html: string;
  items: LayoutItem[];
}

/** The time at which all layouts are shown. */
export const LAYOUT_NOW = new Date("2026-11-25T12:00:00Z");

/** Returns every layout, each permanently in its half. */
export function laidOut(): LaidOut[] {
  return [...CARDS, ...LISTS, ...PORTALS, ...ODD].map((layout) => {
    const items = itemsIn(layout.language, layout.pathOf, LAYOUT_NOW);
    const html = layout.html(items, layout);
    const url = `https://${layout.name}.example/news`;
    return { layout, half: halfOf(layout.name), url, html, items };
  });
}
