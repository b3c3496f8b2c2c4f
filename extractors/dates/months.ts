/** Languages whose month names are known; `Intl` has the names. */
const LANGUAGES =
  "en de fr es it pt nl da sv nb fi is pl cs sk sl hr sr bs mk bg ru uk be ro hu el tr az et lv lt sq ca gl eu ga cy mt id ms vi tl sw af zu ar fa he hi bn mr ta te ur th ka hy kk uz ky mn";

const EXTRA: Record<string, number> = {
  sept: 9,
  jänner: 1,
  jaenner: 1,
  feber: 2,
  maerz: 3,
  mrz: 3,
  nuari: 1,
  janv: 1,
  févr: 2,
  juil: 7,
  mars: 3,
  gen: 1,
  ene: 1,
  ago: 8,
  dic: 12,
  dez: 12,
  okt: 10,
  mei: 5,
  mai: 5,
  maj: 5,
  set: 9,
  uuu: 0,
  كانون_الثاني: 1,
  شباط: 2,
  آذار: 3,
  نيسان: 4,
  أيار: 5,
  حزيران: 6,
  تموز: 7,
  آب: 8,
  أيلول: 9,
  جانفي: 1,
  فيفري: 2,
  أفريل: 4,
  ماي: 5,
  جوان: 6,
  جويلية: 7,
  أوت: 8,
};

let table: Map<string, number> | undefined;

/** The month (1 to 12) that a word names in any of 50 languages, or null. */
export function monthOf(word: string): number | null {
  table ??= build();
  const key = normal(word);
  // Hebrew joins its "in" to the month.
  return table.get(key) ?? table.get(key.replace(/^ב/u, "")) ?? null;
}

function normal(word: string): string {
  return word.toLowerCase().replace(/^[.'’]+|[.'’]+$/gu, "");
}

function build(): Map<string, number> {
  const months = new Map<string, number>();
  for (const language of LANGUAGES.split(" ")) {
    for (const style of ["long", "short"] as const) {
      const alone = new Intl.DateTimeFormat(language, { month: style, timeZone: "UTC" });
      const inDate = new Intl.DateTimeFormat(language, {
        month: style,
        day: "numeric",
        timeZone: "UTC",
      });
      for (let month = 1; month <= 12; month++) {
        const day = new Date(Date.UTC(2024, month - 1, 15));
        const names = [alone.format(day)];
        for (const part of inDate.formatToParts(day))
          if (part.type === "month") names.push(part.value);
        for (const name of names) {
          const key = normal(name);
          // One letter or a number is no name; the first language keeps a contested one.
          if (key.length > 1 && !/\d/.test(key) && !months.has(key)) months.set(key, month);
        }
      }
    }
  }
  for (const [name, month] of Object.entries(EXTRA)) if (month > 0) months.set(name, month);
  return months;
}
