import { SITES } from "../../demo/data.ts";
import { type Random, random } from "../../demo/random.ts";
import { type Paragraph, paragraphsOf } from "../../demo/text.ts";

/** The languages of generated sites, in rotation: site 0 has the first, site 1 the second. */
export const LANGUAGES = ["en", "de", "fr", "es"] as const;

const PLACES: Record<string, string[]> = {
  en: ["Leeds", "Bristol", "Cork", "Glasgow", "Cardiff", "Ottawa", "Boston", "Perth", "Auckland"],
  de: ["Köln", "Leipzig", "Bremen", "Graz", "Ulm", "Erfurt", "Kiel", "Basel", "Linz", "Mainz"],
  fr: ["Lyon", "Nantes", "Lille", "Rennes", "Liège", "Genève", "Dijon", "Brest", "Nice", "Metz"],
  es: ["Sevilla", "Bilbao", "Quito", "Rosario", "Lima", "Murcia", "Cali", "Gijón", "León"],
};

interface Pool {
  titles: string[];
  sentences: string[];
}

const pools = new Map<string, Pool>();

function poolOf(language: string): Pool {
  const known = pools.get(language);
  if (known) return known;
  const texts = SITES.filter((site) => site.language === language).flatMap((site) => site.articles);
  const sentences = texts
    .flatMap((text) => paragraphsOf(text.body))
    .filter((paragraph) => paragraph.kind === "p")
    .flatMap((paragraph) => paragraph.text.split(/(?<=[.!?])\s+(?=\p{Lu})/u))
    .filter((sentence) => sentence.length > 40);
  const pool = { titles: texts.map((text) => text.title), sentences: [...new Set(sentences)] };
  pools.set(language, pool);
  return pool;
}

export interface ScaledText {
  title: string;
  paragraphs: Paragraph[];
}

const SYLLABLES =
  "ba de fo gu hi jo ka le mi no pu ra se ti vo wu xa ye zo cha lin mor tan vel".split(" ");

/**
 * Returns invented names of the people in an article. If articles had the same people, they would
 * count as reports of one event.
 */
function peopleOf(seed: number, site: number, number: number): string[] {
  const chance = random(seed, site, number, "people");
  return Array.from({ length: PEOPLE_PER_ARTICLE }, () => nameOf(chance, 4));
}

function nameOf(chance: Random, syllables: number): string {
  const name = Array.from({ length: syllables }, () => chance.pick(SYLLABLES)).join("");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const PEOPLE_PER_ARTICLE = 24;
const WORDS_PER_INVENTED_NAME = 5;

export function scaledTitle(seed: number, language: string, site: number, number: number): string {
  const chance = random(seed, site, number, "title");
  const [first, second] = peopleOf(seed, site, number);
  const place = chance.pick(PLACES[language] ?? []);
  return `${place}: ${first}, ${second}: ${chance.pick(poolOf(language).titles)}`;
}

/**
 * Returns a title and 150 to 500 words: hand-made sentences in which numbers are replaced and
 * invented names added.
 */
export function scaledText(
  seed: number,
  language: string,
  site: number,
  number: number,
): ScaledText {
  const chance = random(seed, site, number, "text");
  const { sentences } = poolOf(language);
  const left = sentences.map((_, index) => index);
  const paragraphs: Paragraph[] = [];
  const title = scaledTitle(seed, language, site, number);
  for (let words = 0, enough = chance.int(150, 380); words < enough; ) {
    const chosen: string[] = [];
    for (let size = chance.int(2, 4); size > 0; size--) {
      const [index = 0] = left.splice(chance.int(0, left.length - 1), 1);
      const otherNumber = (digits: string) => String(chance.int(1, 9)) + digits.slice(1);
      const own = (word: string) =>
        chance.int(1, WORDS_PER_INVENTED_NAME) === 1 ? `${word} ${nameOf(chance, 3)}` : word;
      const sentence = (sentences[index] ?? "").replace(/\d+/g, otherNumber);
      chosen.push(sentence.replace(/(?<= )\p{L}{4,}(?= )/gu, own));
    }
    const text = chosen.join(" ");
    paragraphs.push({ kind: "p", text });
    words += text.split(" ").length;
  }
  const [first, last] = [paragraphs[0], paragraphs.at(-1)];
  if (first) first.text = `${title.split(":")[0]} – ${first.text}`;
  // Add the names at the end, because the language of a text that begins with two dozen invented
  // names can't be recognised.
  if (last) last.text = `${last.text} ${peopleOf(seed, site, number).join(", ")}.`;
  return { title, paragraphs };
}
