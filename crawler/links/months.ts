const tables = new Map<string, Map<string, number>>();

/** Month (1 to 12) that a word names in a language or in English; null when it names none. */
export function monthOf(word: string, language: string | undefined): number | null {
  const name = normal(word);
  for (const tag of new Set([language ?? "en", "en"])) {
    const month = tableOf(tag).get(name);
    if (month !== undefined) return month;
  }
  return null;
}

/** Names in all forms that `Intl` knows: alone and in a date (genitive), long and short. */
function tableOf(language: string): Map<string, number> {
  const known = tables.get(language);
  if (known) return known;
  const table = new Map<string, number>();
  for (const style of ["long", "short"] as const) {
    for (const options of [{ month: style }, { month: style, day: "numeric" } as const]) {
      addNames(table, language, options);
    }
  }
  if (language === "en") table.set("sept", 9);
  tables.set(language, table);
  return table;
}

function addNames(
  table: Map<string, number>,
  language: string,
  options: Intl.DateTimeFormatOptions,
): void {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat(language, {
      ...options,
      timeZone: "UTC",
      calendar: "gregory",
    });
  } catch {
    return; // not a language tag
  }
  for (let month = 1; month <= 12; month += 1) {
    const parts = format.formatToParts(Date.UTC(2026, month - 1, 15));
    const name = parts.find((part) => part.type === "month")?.value;
    if (name && !/\d/.test(name)) table.set(normal(name), month);
  }
}

function normal(word: string): string {
  return word.normalize("NFKC").toLowerCase().replace(/\.$/, "");
}
