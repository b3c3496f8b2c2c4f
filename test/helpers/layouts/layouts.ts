import { type Half, halfOf } from "../labelled.ts";
import { CARDS } from "./cards.ts";
import { itemsIn, type LayoutItem } from "./items.ts";
import { LISTS } from "./lists.ts";
import { ODD } from "./odd.ts";
import { PORTALS } from "./portals.ts";

/**
 * How a site lays out its list of articles. Written for this project after what content management
 * systems, public bodies' templates and newspapers make, from their habits and not their markup.
 */
export interface Layout {
  name: string;
  language: string;
  pathOf: (index: number, title: string) => string;
  /** The date as the page says it; null: it says none. */
  date: ((published: Date) => string) | null;
  hasTeaser: boolean;
  /** Address of the next page. */
  next: string | null;
  html: (items: LayoutItem[], layout: Layout) => string;
}

/** A layout filled with articles, and what is true of it. */
export interface LaidOut {
  layout: Layout;
  half: Half;
  url: string;
  html: string;
  items: LayoutItem[];
}

/** Moment that all layouts are shown at. */
export const LAYOUT_NOW = new Date("2026-11-25T12:00:00Z");

/** Every layout, each in its half for good. */
export function laidOut(): LaidOut[] {
  return [...CARDS, ...LISTS, ...PORTALS, ...ODD].map((layout) => {
    const items = itemsIn(layout.language, layout.pathOf, LAYOUT_NOW);
    const html = layout.html(items, layout);
    const url = `https://${layout.name}.example/news`;
    return { layout, half: halfOf(layout.name), url, html, items };
  });
}
