import { type Html, html } from "../../lib/text.ts";
import { ASSETS } from "../assets.ts";

/** `bin/setup/theme.mjs` reads this list with a regular expression. */
const ICONS = [
  "adjustments",
  "alert-circle",
  "alert-triangle",
  "archive",
  "article",
  "circle-check",
  "code",
  "external-link",
  "filter",
  "help",
  "layout-dashboard",
  "login",
  "logout",
  "menu-2",
  "moon",
  "news",
  "refresh",
  "rocket",
  "rss",
  "search",
  "send",
  "server",
  "sun",
  "sun-moon",
  "user",
  "world",
] as const;

export type IconName = (typeof ICONS)[number];

export function icon(name: IconName): Html {
  return html`<svg class="icon" aria-hidden="true"><use href="${ASSETS["icons.svg"].path}#${name}"/></svg>`;
}
