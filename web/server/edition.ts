import type { PortalConfig } from "./config.ts";
import { LANGUAGES, type Language, MESSAGES, type Messages } from "./messages.ts";
import type { Snapshot } from "./snapshot.ts";

/** How dates are written, by language. */
const LOCALES = { en: "en-GB", de: "de-DE" } as const;

/** The portal in one of its languages. */
export interface Edition {
  language: Language;
  /** For `Intl`, e.g. `de-DE`. */
  locale: string;
  messages: Messages;
  /** What its addresses begin with: nothing in the portal's first language, else `/de`. */
  base: string;
}

/** What every part of a page is made of, beside its articles. */
export interface Around {
  edition: Edition;
  config: PortalConfig;
  snapshot: Snapshot;
}

/** The editions of a portal, that of its first language first. */
export function editionsOf({ language: first = "en" }: Pick<PortalConfig, "language">): Edition[] {
  return LANGUAGES.toSorted((a, b) => Number(b === first) - Number(a === first)).map(
    (language) => ({
      language,
      locale: LOCALES[language],
      messages: MESSAGES[language],
      base: language === first ? "" : `/${language}`,
    }),
  );
}

/** The edition that an address of the portal belongs to. */
export function editionAt(url: string, config: Pick<PortalConfig, "language">): Edition {
  const [first, ...others] = editionsOf(config);
  const other = others.find(
    ({ base }) => url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`),
  );
  const edition = other ?? first;
  if (!edition) throw new Error("a portal needs at least one language");
  return edition;
}

/** The address of a page (`/topics`) in an edition. */
export function pathIn({ base }: Edition, page: string): string {
  return page === "/" && base !== "" ? base : base + page;
}

/** How a count reads: `1,234`, `1.234`. */
export function numberIn({ language }: Edition, count: number): string {
  return count.toLocaleString(language);
}
