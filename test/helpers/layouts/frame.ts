import type { LayoutItem } from "./items.ts";
import type { Layout } from "./layouts.ts";

const MENU: Record<string, string[]> = {
  en: ["Home", "About us", "Services", "Town hall", "Jobs and careers", "Contact"],
  de: ["Start", "Über uns", "Leistungen", "Rathaus", "Stellenangebote", "Kontakt"],
  fr: ["Accueil", "Votre mairie", "Démarches", "Cadre de vie", "Offres d'emploi", "Contact"],
  es: ["Inicio", "Ayuntamiento", "Trámites", "Ciudad", "Empleo público", "Contacto"],
  zh: ["首页", "政务公开", "办事服务", "互动交流", "走进本市", "联系我们"],
};

/** Returns a whole page around its list: menu, breadcrumb, a box of services, and a footer with long links. */
export function pageOf(layout: Layout, body: string, head = ""): string {
  const menu = (MENU[layout.language] ?? []).map(
    (name, n) => `<li><a href="/m/${n}">${name}</a></li>`,
  );
  return `<!doctype html><html lang="${layout.language}"><head><meta charset="utf-8"><title>${layout.name}</title>${head}</head><body>
<header class="site-header"><a class="logo" href="/">${layout.name}</a><nav class="main-nav"><ul>${menu.join("")}</ul></nav></header>
<div class="breadcrumb"><a href="/">1</a> / <a href="/news">2</a></div>
${body}
<footer><ul><li><a href="/imprint">Imprint and legal information of this site</a></li><li><a href="/privacy">Privacy statement and your rights</a></li>
<li><a href="/accessibility">Accessibility statement of this website</a></li></ul></footer></body></html>`;
}

/** Returns the date of an item as the layout writes it; empty if it shows none. */
export function dateOf(layout: Layout, { published }: LayoutItem): string {
  return layout.date?.(published) ?? "";
}

/** Returns a formatter for `24.11.2026` and similar dates. */
export const numeric =
  (order: "dmy" | "ymd" | "mdy", separator: string) =>
  (date: Date): string => {
    const [year = "", month = "", day = ""] = date.toISOString().slice(0, 10).split("-");
    const parts = { dmy: [day, month, year], ymd: [year, month, day], mdy: [month, day, year] };
    return parts[order].join(separator);
  };

/** Returns a formatter for dates with the words of a language. */
export const worded =
  (language: string) =>
  (date: Date): string =>
    new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(date);
