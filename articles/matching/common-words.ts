import { createRequire } from "node:module";
import { stemOf } from "./stem.ts";

const require = createRequire(import.meta.url);
const LISTS = require("stopwords-iso") as Readonly<Record<string, readonly string[]>>;

/** Words that most of our articles have some of, so that they tell little about an event. */
const SUBJECT =
  `digital city cities government agency ministry minister public service services data portal platform
  smart online internet system systems software application council municipal municipality mayor citizens residents
  project programme program plan contract euros million billion percent year years week month monday tuesday
  wednesday thursday friday saturday sunday people users security information technology national european
  announced launched presents starts says new first state country region administration official electronic
  stadt städte bund behörde ministerium verwaltung bürger daten dienst dienste projekt land kommune millionen
  milliarden prozent jahr jahre woche startet bekommt neue neuer erste digitale
  ville villes gouvernement agence ministère ministre données service plateforme citoyens projet année millions
  ciudad ciudades gobierno agencia ministerio datos servicio servicios plataforma ciudadanos proyecto millones
  ayuntamiento municipio città comune governo ministero dati servizi piattaforma cittadini progetto milioni
  cidade cidades governo ministério dados serviços plataforma cidadãos projeto câmara milhões
  gemeente gemeenten overheid ministerie gegevens dienst burgers miljoen stad
  город города правительство министерство данные услуги платформа граждане проект рублей миллионов
  مدينة حكومة وزارة بيانات خدمة خدمات منصة مشروع رقمية رقمي الذكاء الاصطناعي مليون
  城市 政府 数据 服务 平台 建设 项目 数字 智慧 发展 系统 全国 市政府 发布 公布
  デジタル 市 都 府 県 政府 データ サービス システム 発表 住民 導入 人工知能`.split(/\s+/);

const COMMON = new Set(SUBJECT.map((word) => stemOf(word.toLowerCase())));
const stops = new Map<string, ReadonlySet<string>>();

/** Whether a word (lower case) says nothing by itself in a language; English words never do. */
export function isStopword(word: string, language: string | null): boolean {
  return listOf("en").has(word) || (language !== null && listOf(language).has(word));
}

/** Whether a stem is one that most articles of our subject have. */
export function isCommon(stem: string): boolean {
  return COMMON.has(stem);
}

function listOf(language: string): ReadonlySet<string> {
  const known = stops.get(language) ?? new Set(LISTS[language] ?? []);
  stops.set(language, known);
  return known;
}
