import type { PortalConfig } from "./config.ts";
import { LANGUAGES, type Language, MESSAGES, type Messages } from "./messages.ts";
import type { Snapshot } from "./snapshot.ts";

const LOCALES = { en: "en-GB", de: "de-DE" } as const;

/** The portal in one of its languages. */
export interface Edition {
  language: Language;
  /** Locale for `Intl`, such as `de-DE`. */
  locale: string;
  messages: Messages;
  /** Path prefix: empty for the portal's main language, otherwise `/` and the language, such as `/de`. */
  base: string;
}

/** What every part of a page needs besides its articles. */
export interface Around {
  edition: Edition;
  config: PortalConfig;
  snapshot: Snapshot;
}

/** Returns the editions of a portal, the one in its main language first. */
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

/** Returns the edition of a URL of the portal: a path with an optional query. */
export function editionAt(url: string, config: Pick<PortalConfig, "language">): Edition {
  const [first, ...others] = editionsOf(config);
  const other = others.find(
    ({ base }) => url === base || url.startsWith(`${base}/`) || url.startsWith(`${base}?`),
  );
  const edition = other ?? first;
  if (!edition) throw new Error("a portal needs at least one language");
  return edition;
}

/** Returns the path of a page in an edition, such as `/topics` or `/de/topics`. */
export function pathIn({ base }: Edition, page: string): string {
  return page === "/" && base !== "" ? base : base + page;
}

export function numberIn({ language }: Edition, count: number): string {
  return count.toLocaleString(language);
}
