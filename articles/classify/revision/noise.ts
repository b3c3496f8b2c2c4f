import { decodeHTML } from "entities";
import { isUnspaced, segmentsOf } from "../../../lib/segments.ts";
import { normalized } from "../../../lib/text.ts";

const CALENDAR_LANGUAGES = "en de fr es it pt nl ru pl tr ar".split(" ");
const MAX_NOISE_WORDS = 14;
const MAX_SHORT_LINE_WORDS = 8;
const MAX_UNSPACED_NOISE_CHARS = 60;
const MIN_LINK_TEXT_SHARE = 0.8;
const MAX_LINK_CHARS = 200;
const MAX_HTML_CHARS = 500_000;
const MAX_LINKS = 200;
const MAX_LINK_MARKUP_CHARS = 1000;

let dates: ReadonlySet<string> | undefined;
const TIME_OR_DATE =
  /\b\d{1,2}(?:[:h]|\.(?=\d{2}\b)) ?\d{2}\b|\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d年|\d月/u;
const UNSPACED_SCRIPT = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;

const FULL_SENTENCE = /(?:\p{L}{2}|[\p{N}%])[.!?]["'”’“»)\]]*$/u;
const ABBREVIATED_COUNTER = /^(?:[\p{L}\p{M}:]+ )?\p{N}+ \p{L}{2,5}\.$/u;

export function paragraphsOf(text: string): string[] {
  return text.split(/\n\s*\n/).map((paragraph) => paragraph.trim());
}

/** Returns paragraphs for comparison, without counters, advertisements and links to other pages. */
export function withoutNoise(paragraphs: readonly string[], html: string | null): string[] {
  const links = linkTexts(html);
  return paragraphs
    .filter((paragraph) => !ADVERT.test(paragraph) && !isTeaser(paragraph))
    .map((paragraph) => plain(saying(paragraph)))
    .filter((paragraph) => paragraph !== "" && !leadsAway(paragraph, links));
}

function saying(paragraph: string): string {
  if (isNoise(paragraph)) return "";
  return paragraph
    .split(/(?<=[.!?؟])\s+|(?<=[。！？])|[|｜•·\n]/)
    .filter((sentence) => !isNoise(sentence))
    .join(" ");
}

function isTeaser(paragraph: string): boolean {
  return paragraph.length <= MAX_LINK_CHARS && RELATED.test(paragraph);
}

function isNoise(sentence: string): boolean {
  const folded = fold(sentence);
  if (!/\p{L}/u.test(folded)) return true;
  if (!/\p{N}/u.test(folded)) return false;
  if (UNSPACED_SCRIPT.test(folded)) return isUnspacedNoise(folded);
  const words = folded.match(/\p{L}+/gu) ?? [];
  if (words.length > MAX_NOISE_WORDS) return false;
  const unknown = words.filter((word) => !saysNoise(word) && !FILLER_WORDS.has(word));
  const dated = TIME_OR_DATE.test(folded);
  const hasNoise = dated || words.some(saysNoise);
  if (isFullSentence(sentence)) return hasNoise && unknown.length === 0;
  // A short line can contain some unknown words, because no word list is complete.
  const strangers = words.length <= MAX_SHORT_LINE_WORDS ? Math.floor(words.length / 2) : 1;
  return hasNoise && unknown.length <= Math.max(strangers, dated ? 1 : 0);
}

export function isFullSentence(line: string): boolean {
  return FULL_SENTENCE.test(line) && !ABBREVIATED_COUNTER.test(line);
}

/** Whether a text is only a counter or a date, such as `3 min read` in a byline. */
export function isFurniture(text: string): boolean {
  const folded = fold(text);
  if (UNSPACED_SCRIPT.test(folded)) return isUnspacedNoise(folded);
  const words = folded.match(/\p{L}+/gu) ?? [];
  return words.every((word) => saysNoise(word) || FILLER_WORDS.has(word));
}

/** Whether a word (as `fold` returns it) belongs to a counter, a date or a time stamp. */
export function saysNoise(word: string): boolean {
  if (COUNTER_WORDS.has(word) || TIME_UNIT_WORDS.has(word) || calendarWords().has(word))
    return true;
  return NOISE_WORD_BEGINNINGS.some((beginning) => word.startsWith(beginning));
}

function isUnspacedNoise(folded: string): boolean {
  if (folded.length > MAX_UNSPACED_NOISE_CHARS) return false;
  const rest = folded.replace(ANY_UNSPACED, " ");
  const lettersOf = (text: string) => text.match(/\p{L}/gu)?.length ?? 0;
  const strangers = Math.max(TIME_OR_DATE.test(folded) ? 3 : 1, lettersOf(folded) / 2);
  return rest !== folded && lettersOf(rest) <= strangers;
}

function leadsAway(paragraph: string, links: readonly string[]): boolean {
  if (paragraph.length > MAX_LINK_CHARS) return false;
  let linked = 0;
  for (const link of links) if (paragraph.includes(link)) linked += link.length;
  return linked >= paragraph.length * MIN_LINK_TEXT_SHARE;
}

function linkTexts(html: string | null): string[] {
  if (!html || html.length > MAX_HTML_CHARS) return [];
  const texts = html.split("</a>", MAX_LINKS + 1).flatMap((part) => {
    const at = Math.max(part.lastIndexOf("<a "), part.lastIndexOf("<a>"));
    const link = at < 0 ? "" : part.slice(at, at + MAX_LINK_MARKUP_CHARS);
    return plain(decodeHTML(link.replace(/<[^<>]*>/g, "")));
  });
  return [...new Set(texts)].filter((text) => text.length > 2 && text.length <= MAX_LINK_CHARS);
}

function calendarWords(): ReadonlySet<string> {
  // Reading the calendars takes 10 ms.
  if (dates) return dates;
  const found = new Set<string>();
  const add = (text: string) => {
    for (const word of fold(text).match(/\p{L}+/gu) ?? []) found.add(word);
  };
  for (const language of CALENDAR_LANGUAGES) {
    for (const style of ["long", "short"] as const) {
      const month = new Intl.DateTimeFormat(language, { month: style, day: "numeric" });
      const weekday = new Intl.DateTimeFormat(language, { weekday: style });
      for (let n = 0; n < 12; n++) add(month.format(Date.UTC(2026, n, 2)));
      for (let n = 1; n <= 7; n++) add(weekday.format(Date.UTC(2026, 5, n)));
    }
  }
  dates = found;
  return found;
}

const COUNTER_WORDS = foldedWords(`
  view views viewed read reads reader readers share shares shared comment comments like likes liked
  visit visits visitors hits clicks followers reactions replies watching reading plays listens
  aufrufe aufgerufen gelesen leser lesern ansichten zugriffe klicks kommentare kommentar kommentaren
  geteilt mal gefallt lesezeit lesedauer
  vues vue lectures lecture lecteurs partages partage commentaires commentaire consultations lu fois
  vistas visitas lecturas lectura lectores visualizaciones compartidos compartido compartir
  comentarios comentario reacciones leido veces
  visualizzazioni letture lettura lettori condivisioni condiviso commenti commento reazioni letto volte
  visualizacoes acessos leituras leitura leitores compartilhamentos partilhas curtidas gostos vezes lido
  weergaven gelezen lezers reacties reactie gedeeld bekeken keer leestijd
  просмотров просмотры просмотра просмотр прочитали прочтений комментариев комментарии комментария
  комментарий лаиков лаики репостов читателеи чтения чтение раз
  wyswietlen odslon komentarzy komentarze udostepnien polubien przeczytano czytania
  goruntulenme okunma okuma yorum paylasim begeni kez
  مشاهدة مشاهدات قراءة قراءات القراءة تعليق تعليقات مشاركة مشاركات زيارة زيارات اعجاب
  المشاهدات التعليقات المشاركات تعليقا مشاركة اعجابا زائرا`);

const NOISE_WORD_BEGINNINGS = [
  ...foldedWords(`
  updat publish posted modif edited refreshed
  aktualisier veroffentlich
  publie actualis actualiz publica aggiorna pubblica atualiz
  bijgewerkt gepubliceerd geleden
  обновлен опубликован публикац изменен
  zaktualiz opublik guncelle yayinla
  تحديث التحديث نشر
  reader comment kommentar leserkommentar partag lecteur lect comment compart coment
  leitor leitur condivi letto lezen lezer reactie react reakt gedeeld читател прочит просмотр коммент
  udostep komentarz okun goruntul yorum قرا`),
];

const TIME_UNIT_WORDS = foldedWords(`ago stand vor jour hace fa ha назад temu once منذ قبل
  min mins minute minutes hour hours hrs sec seconds minuten stunde stunden sekunden uhr
  heure heures secondes minuto minutos hora horas segundos minuti ora ore minuut uur seconden
  минут минуты минуту мин часа часов час minut minuty godz dakika saat دقيقة دقائق ساعة ساعات`);

const FILLER_WORDS = foldedWords(`
  a an the of by in on at to this article story page post people person users times time have has had
  been is are was so far now last just about about min mins minute minutes minutos hour hours hrs h day
  days second seconds sec s am pm utc gmt cet est edt online total and be first reading k m
  am um uhr der die das den dieser dieses artikel beitrag wurde bisher zuletzt letzte ca etwa minuten
  stunde stunden tag tagen sekunden personen und mal
  a le la les de du des cet article ete mis mise derniere il y est environ heure heures jour jours
  secondes personnes et par temps min
  el los las de del este esta articulo ha sido ultima hora horas dia dias segundos personas y por me gusta
  il lo la gli di questo articolo stato ultimo ultima ora ore minuti giorno giorni secondi persone e mi piace alle
  o os as do da este esta artigo foi vez hora horas minutos dia dias segundos pessoas e em
  de het dit artikel is op laatst laatste om uur minuut minuten dag dagen seconden mensen en
  в на эту статью материал последнее время минут минуты минуту мин час часа часов день дня днеи
  секунд человек и
  minut minuty godz godzin godziny dni osob ten artykul ostatnio
  dakika dk saat gun once son bu haber kisi suresi
  في دقيقة دقائق ساعة ساعات يوم ايام ثانية هذا المقال اخر مرة وقت شخص من ساعتين دقيقتين يومين`);

const UNSPACED_NOISE_WORDS = [
  "阅读量 阅读数 阅读时间 阅读 阅读需 浏览量 浏览次数 浏览数 浏览 点击量 点击数 点击 评论数 评论 点赞 转发 分享 收藏 次 条 人",
  "更新时间 更新于 更新 发布时间 发布于 发布 发表于 最后 预计 大约 约 需 全文 本文 分钟前 小时前 天前 秒前 刚刚 分钟 小时 天 年 月 日 时 分 秒",
  "閲覧数 閲覧 再生回数 回 件 コメント シェア いいね ビュー 読者 読了時間 読了 この記事は約 で読めます 読めます 公開 最終更新 時間前 時 分前 日前 秒前 時間 曜日",
  "조회수 조회 댓글 공유 좋아요 추천 회 개 명 읽는 시간 읽기 업데이트 수정 입력 등록 기사 최종 오전 오후 분 전 시간 일 초 년 월",
]
  .map(fold)
  .join(" ")
  .split(" ")
  // Longest first, so that no part of a longer word remains.
  .toSorted((a, b) => b.length - a.length);
const ANY_UNSPACED = new RegExp(UNSPACED_NOISE_WORDS.join("|"), "g");

const LABELS =
  "advertisement|advertising|advert|sponsored|sponsored content|promoted|anzeige|werbung|publicit[eé]|annonce|publicidad|patrocinado|pubblicit[aà]|sponsorizzato|publicidade|advertentie|реклама|reklama|reklam|广告|廣告|推广|広告|PR|광고|إعلان|اعلان";

const ADVERT = new RegExp(
  `^(?:[\\[(【（](?:${LABELS})[\\])】）]|["“„«]?(?:${LABELS})["”“»]?(?:\\s*$|\\s*[:：|｜–—-]))`,
  "iu",
);

const RELATED = new RegExp(
  `^(?:${[
    "(?:also )?(?:read|see|watch)(?: also| more| next| this)?\\s*[:：]|read (?:more|also|next)\\b|related(?: articles| stories| news)?\\s*[:：]|more on this|most read|recommended for you|you may also like",
    "(?:lesen|sehen) sie auch|lesen sie (?:mehr|dazu)|mehr zum thema|auch interessant|das könnte sie|meistgelesen|weitere artikel",
    "(?:à )?lire aussi|(?:à )?voir aussi|sur le même sujet\\s*[:：]|les plus lus",
    "le[ae] (?:también|además|más)|lee también|te puede interesar|noticias relacionadas|más leídas|más información\\s*[:：]",
    "leggi anche|potrebbe interessarti|articoli correlati|i più letti",
    "leia (?:também|mais)|veja também|notícias relacionadas|mais lidas",
    "lees (?:ook|meer|verder)|meer over[^.]{0,40}[:：]|meest gelezen",
    "читайте (?:также|ещё|еще)|по теме\\s*[:：]|самое читаемое|материалы по теме",
    "czytaj (?:też|także|więcej)|zobacz (?:też|także)|ilgili haber|bunlar da ilginizi",
    "相关阅读|相关新闻|相关报道|延伸阅读|推荐阅读|猜你喜欢",
    "関連記事|あわせて読みたい|おすすめ記事|人気記事|関連ニュース|관련 ?기사|많이 본|추천 기사",
    "اقرأ أيضا|اقرأ أيضًا|اقرأ المزيد|شاهد أيضا|مواضيع ذات صلة|الأكثر قراءة",
  ].join("|")})`,
  "iu",
);

function foldedWords(list: string): ReadonlySet<string> {
  return new Set(fold(list).trim().split(/\s+/));
}

/** Unifies quotation marks, dashes, dots and spaces; removes invisible characters. */
export function plain(text: string): string {
  return (
    normalizedAndCut(text, "NFKC")
      .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g, "")
      .replace(/[‘’‚‛ʼ`´′]/g, "'")
      .replace(/[“”„‟«»″「」『』]/g, '"')
      .replace(/[‐‑‒–—―−]/g, "-")
      .replace(/…/g, "...")
      .replace(/\s+/g, " ")
      // Spaces next to punctuation belong to the layout: `« mot »`, `12 %`, `word —`.
      .replace(/(?<=") | (?=["!?;:%])| (?=-)|(?<=-) /g, "")
      .trim()
  );
}

/** Returns a text in lower case without accents and other marks. */
export function fold(text: string): string {
  return normalizedAndCut(text, "NFKD").replace(/\p{M}/gu, "").toLowerCase();
}

function normalizedAndCut(text: string, form: "NFKC" | "NFKD"): string {
  // Normalising can turn one character into 18.
  return normalized(text, form).slice(0, 2 * text.length + 100);
}

/** Matches words and numbers such as `don't`, `12,000` and `10:30`. */
const WORD =
  /[\p{L}\p{M}\p{N}_]+(?:(?:(?<=\p{L})[.:'·](?=\p{L})|(?<=\p{N})[.,;'](?=\p{N}))[\p{L}\p{M}\p{N}_]+)*/gu;

/**
 * Returns a text's words; stops after about `most`. Splits unspaced scripts with a dictionary
 * (ICU).
 */
export function wordsOf(text: string, most = Number.POSITIVE_INFINITY): string[] {
  const words: string[] = [];
  for (const [run] of text.matchAll(WORD)) {
    if (words.length >= most) break;
    if (run.length === 1 || !isUnspaced(run)) words.push(run);
    else {
      for (const { segment, isWordLike } of segmentsOf(run)) if (isWordLike) words.push(segment);
    }
  }
  return words;
}
