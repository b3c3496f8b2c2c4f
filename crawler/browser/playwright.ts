import { createRequire } from "node:module";

/** Playwright, required instead of imported: Node would read its two megabytes once more for the names in them (0.2 s). */
export const { chromium }: typeof import("playwright") = createRequire(import.meta.url)(
  "playwright",
);
