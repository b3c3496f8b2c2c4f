import { normalized } from "../../lib/text.ts";

const CYRILLIC: Readonly<Record<string, string>> = Object.fromEntries(
  "а a б b в v г g д d е e ё e ж zh з z и i й i к k л l м m н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ sch ы y э e ю yu я ya і i ї i є e ґ g ў u ђ dj ј j љ l њ n ћ c џ dz"
    .split(" ")
    .reduce<[string, string][]>((pairs, each, n, all) => {
      return n % 2 === 0 ? [...pairs, [each, all[n + 1] ?? ""]] : pairs;
    }, []),
);
const ARABIC_PREFIX = /^(?:[وف]?(?:ال|بال|لل|كال))(?=..)/u;
const LENGTH = 7;

/**
 * What stays of a word when its ending is taken off, in Latin letters where it is Cyrillic, so that
 * `Estonia` and `Estonie`, `Казани` and `Казань`, `Safin` and `Сафин` are one. Takes lower case.
 */
export function stemOf(word: string): string {
  if (/^[a-z]+$/.test(word)) return withoutEnding(word);
  if (/^\p{sc=Han}+$/u.test(word)) return word.normalize("NFD");
  if (/^\p{sc=Arabic}/u.test(word)) {
    return word
      .replace(/[\u064b-\u0652\u0640]/g, "")
      .replace(ARABIC_PREFIX, "")
      .replace(/[ةه]$/u, "");
  }
  const latin = word.replace(/[\u0400-\u04ff]/g, (letter) => CYRILLIC[letter] ?? "");
  const bare = normalized(latin, "NFD").replace(/\p{M}/gu, "").replace(/ß/g, "ss");
  return /^[a-z]/.test(bare) ? withoutEnding(bare) : bare;
}

function withoutEnding(word: string): string {
  const start = word.slice(0, LENGTH);
  const stem = start.replace(/[aeiouysnm]+$/, "");
  return stem.length >= 3 ? stem : start;
}
