import type { BrowserContextOptions } from "playwright";
import type { RenderLimits } from "./turn.ts";

/** Bounds of the browser: when it is replaced, and those of one render. */
export interface BrowserLimits extends RenderLimits {
  pages: number;
  age: number;
  memory: number;
  launch: number;
}

/** Bounds where the caller names none; the first three replace the browser. */
export const BROWSER_LIMITS: BrowserLimits = {
  pages: 500,
  age: 15 * 60_000,
  memory: 1_200_000_000,
  launch: 30_000,
  navigation: 20_000,
  settle: 8000,
  call: 5000,
  rest: 5000,
  bytes: 8_000_000,
};

/** What all contexts have in common. */
export const AS_EVER: BrowserContextOptions = {
  acceptDownloads: false,
  serviceWorkers: "block",
  ignoreHTTPSErrors: false,
  permissions: [],
  locale: "en",
};
