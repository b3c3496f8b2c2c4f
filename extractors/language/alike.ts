/** Languages that detectors take for each other, each with frequent words that the others spell otherwise. */
const ALIKE: Record<string, string>[] = [
  {
    da: "af blev efter hvad mellem nu næste sig siger uge være kommunen år end hvor mod været",
    no: "av ble etter hva mellom nå neste seg sier uke være kommunen år enn hvor mot vært ennå noen",
    sv: "av blev efter vad mellan nu nästa sig säger vecka vara kommunen år än var mot varit och är",
  },
  {
    id: "karena bahwa polisi pemerintah tersebut bisa kantor mobil tahun lalu akan adalah senin kamis belum pengadilan",
    ms: "kerana bahawa polis kerajaan tersebut boleh pejabat kereta tahun lepas akan ialah isnin khamis belum mahkamah",
  },
  {
    es: "el los las y con por según también más pero muy hasta desde está años ciudad hay ayuntamiento",
    gl: "os as e con por segundo tamén máis pero moi ata dende está anos cidade hai concello unha cunha dunha nunha súa",
    pt: "os as e com por segundo também mais mas muito até desde está anos cidade há câmara uma não são pelo pela sua",
    ca: "el els les i amb per segons també més però molt fins des està anys ciutat ajuntament aquest aquesta és",
  },
];

/** The words of each language that no other one of its group has. */
const OWN = ALIKE.map((group) => {
  const lists = Object.entries(group).map(([language, words]) => ({
    language,
    words: new Set(words.split(" ")),
  }));
  return lists.map(({ language, words }) => {
    const others = lists.filter((other) => other.language !== language);
    const own = [...words].filter((word) => others.every((other) => !other.words.has(word)));
    return { language, own: new Set(own) };
  });
});

/** Whether a detector may take a language for another one in a short text. */
export function isAlike(language: string): boolean {
  return ALIKE.some((group) => language in group);
}

/** Whether a detector may take one language for the other in a short text. */
export function areAlike(one: string, other: string): boolean {
  return ALIKE.some((group) => one in group && other in group);
}

/**
 * Of a group of languages that are alike, the one whose own words a text has most of; `detected`
 * where they don't tell.
 */
export function amongAlike(text: string, detected: string): string {
  const group = OWN.find((languages) => languages.some(({ language }) => language === detected));
  if (!group) return detected;
  const words = text.toLowerCase().split(/[^\p{L}]+/u);
  const counts = group.map(({ language, own }) => ({
    language,
    count: words.filter((word) => own.has(word)).length,
  }));
  const most = Math.max(...counts.map(({ count }) => count));
  const best = counts.filter(({ count }) => count === most).map(({ language }) => language);
  return best.length === 1 ? (best[0] ?? detected) : detected;
}
