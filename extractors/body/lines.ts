import { findDates } from "../../lib/dates.ts";
import { hintOf } from "../dom/hints.ts";
import { type Block, type BlockKind, closest, squeeze, Tag, Text } from "../dom/node.ts";
import { isBylineOrDated, namesIn } from "../fields/names.ts";
import { absolute } from "../page.ts";
import { keyOf, likeness } from "../words.ts";

export interface Surroundings {
  title: string;
  titleKey: string;
  authors: string[];
  pictures: (tag: Tag) => number;
  size: (tag: Tag) => number;
  /** Whether a block is between paragraphs of the text. */
  inProse: (block: Block) => boolean;
  isEarly: (block: Block) => boolean;
}

type LineRemovalRule = (block: Block, around: Surroundings) => boolean;

export const LINE_RULES: LineRemovalRule[] = [
  ({ text }) => !/[\p{L}\p{N}]/u.test(text),
  ({ kind }) => kind === "caption",
  isHeadlineAgain,
  (block, { inProse }) => isLinkLine(block) && !(inProse(block) && LINKABLE_KINDS.has(block.kind)),
  ({ size, kind, links, text }) =>
    size < 250 &&
    kind !== "heading" &&
    READ_ALSO.test(text) &&
    (links > 0.25 || size < 60 || text.endsWith(":")),
  ({ size, kind, text }) => size < 200 && kind !== "item" && CREDIT.test(text),
  (block) => block.size < 350 && block.kind !== "quote" && isNotice(block),
  // A page number.
  ({ kind, text }) => kind === "item" && /^\p{Nd}{1,3}$/u.test(text),
  ({ text }) => CLOCK.test(text),
  (block, { isEarly }) => isEarly(block) && block.size < 60 && isDateLine(block.text),
  (block, { authors, isEarly }) => isEarly(block) && block.size < 100 && isByline(block, authors),
];

/** Rules that remove short lines beside pictures, except in galleries, where they are the text. */
export const PICTURE_RULES: LineRemovalRule[] = [isBesidePicture, isInMediaBox];

const CLOCK = /^\d{1,2}[:.h]\d{2}(?:\s?(?:uhr|[ap]\.?m\.?))?$/i;

const LINKABLE_KINDS = new Set<BlockKind>(["heading", "cell"]);

export function isLinkLine(block: Block): boolean {
  return block.links > 0.8 && block.size < (block.links > 0.95 ? 400 : 200);
}

function isHeadlineAgain(block: Block, { title, titleKey, isEarly }: Surroundings): boolean {
  if (block.size > 300 || titleKey === "") return false;
  // A shorter block can't contain the headline, and only one of the first lines can paraphrase it.
  if (block.text.length < titleKey.length && !isEarly(block)) return false;
  const key = keyOf(block.text);
  if (key === titleKey) return true;
  if (!isEarly(block) || titleKey.length < 15) return false;
  if (key.endsWith(titleKey) && key.length < titleKey.length + 60) return true;
  return block.kind === "heading" && block.size > 20 && likeness(block.text, title) > 0.85;
}

function isNotice(block: Block): boolean {
  return noticeAt(block) < (block.size < 140 ? block.size : 45);
}

/** Whether a block has a notice to the reader anywhere; false for long blocks and quotes. */
export function holdsNotice(block: Block): boolean {
  return block.size < 350 && block.kind !== "quote" && Number.isFinite(noticeAt(block));
}

const notices = new WeakMap<Block, number>();

function noticeAt(block: Block): number {
  let at = notices.get(block);
  if (at === undefined) {
    at = Math.min(indexOf(ENGLISH_NOTICE, block.text), indexOf(NON_ENGLISH_NOTICE, block.text));
    notices.set(block, at);
  }
  return at;
}

function indexOf(pattern: RegExp, text: string): number {
  const at = text.search(pattern);
  return at < 0 ? Number.POSITIVE_INFINITY : at;
}

function isDateLine(text: string): boolean {
  const [date] = findDates(text);
  if (!date) return false;
  const rest = text.replace(date.text, "").match(/\p{L}/gu)?.length ?? 0;
  return rest < 16;
}

function isByline(block: Block, authors: string[]): boolean {
  const text = block.text.toLowerCase();
  const rest = authors.reduce((left, name) => left.replace(name.toLowerCase(), ""), text);
  if (rest.length < text.length && rest.length < 30) return true;
  return (
    isBylineOrDated(block.text) && namesIn(block.text, []).some((name) => name.kind === "person")
  );
}

function isBesidePicture(block: Block, { pictures, size }: Surroundings): boolean {
  if (block.size > 250 || block.kind !== "text" || block.tag.name === "p") return false;
  const isLarge = (box: Tag) => size(box) > block.size + 120;
  const end = closest(block.tag, 3, (box) => isLarge(box) || pictures(box) > 0);
  return end !== null && !isLarge(end);
}

const MEDIA =
  /^(?:pic|img|image|photo|foto|picture|media|bild|gallery|galerie|carousel|slider|slideshow|video|mediathek)|bild(?:er)?$/;

function isInMediaBox(block: Block, { pictures, size }: Surroundings): boolean {
  if (block.size > 250) return false;
  const isLarge = (box: Tag) => size(box) > block.size + 200;
  const isMedia = (box: Tag) =>
    pictures(box) > 0 && hintOf(box).words.some((word) => MEDIA.test(word));
  const end = closest(block.tag.parent, 4, (box) => isLarge(box) || isMedia(box));
  return end !== null && !isLarge(end);
}

const any = (...alternatives: string[]) =>
  new RegExp(`^[^\\p{L}\\p{N}]*(?:${alternatives.join("|")})`, "iu");

/** Matches the beginnings of lines that lead to other pages ("Read also"), in many languages. */
export const READ_ALSO = any(
  "(?:read|see|view|watch|listen|find out|learn) (?:more|also|next|now|here|our)\\b",
  "also (?:read|see)|main articles?:|see main article",
  "(?:related|recommended|suggested|further|popular|trending|latest|top|recent|featured|similar|other) (?:stor(?:y|ies)|articles?|posts?|reading|content|coverage|videos?|news|links?|topics?|reads?|resources?|blogs?|insights?|updates?|events?|case studies|reports?|products?|[a-z]+ stories|national stories)\\b",
  "related(?:\\s*:|$)|related topics|related to this",
  "more (?:on this|from|about|in|stories|news|coverage|to read|like this|top stories)\\b",
  "you (?:may|might) (?:also )?(?:like|be interested|enjoy)|also (?:interesting|on)|don['’]t miss|must[- ]read|up next|what to read next|keep reading|continue reading|editor['’]?s['’]? (?:picks?|choice)|most (?:read|popular|viewed)|trending now|sponsored|recommended$|recommended for you|stor(?:y|ies) continues",
  "(?:lesen|sehen|hören) sie (?:auch|hier|mehr|dazu|weiter)|(?:auch|dazu|mehr) lesen|lies (?:auch|hier|mehr)|schon gelesen|weiterlesen|weitere (?:artikel|themen|nachrichten|meldungen|beiträge|informationen zum)|mehr (?:zum thema|dazu|aus|von|über|infos?|news|artikel)|(?:ähnliche|verwandte|passende|empfohlene|ausgewählte|beliebte|aktuelle|neueste|meistgelesene) (?:artikel|beiträge|themen|inhalte|meldungen|produkte|news)|das könnte (?:sie|dich|euch) (?:auch|ebenfalls)|auch interessant|zum thema|passend dazu|hier (?:lesen|geht)|lesetipps?|mehr zu",
  "(?:à lire|lire)(?: aussi| également| plus| la suite)?\\s*[:\\-–]|(?:à lire|lire|voir|à voir|à découvrir) (?:aussi|également)|sur le même (?:sujet|thème)|articles? (?:liés?|similaires?|recommandés?|connexes?)|vous aimerez aussi|pour aller plus loin|plus (?:d['’]infos?|sur)",
  "(?:lea|lee|leer|ver|vea|mira|te puede|le puede|puede) (?:también|además|más|interesar)|te recomendamos|más (?:información|noticias|sobre)|(?:noticias|artículos|temas|notas) relacionad[oa]s|relacionad[oa]s?\\b|sigue leyendo|temas\\s*$",
  "leia (?:também|mais)|veja (?:também|mais)|saiba mais|(?:notícias|artigos|matérias) relacionad[oa]s|confira (?:também|mais)",
  "leggi (?:anche|di più|pure|tutto)|(?:articoli|notizie|argomenti) correlat[ie]|potrebbe(?:ro)? interessarti|ti potrebbe|approfondisci|vedi anche|guarda anche",
  "lees (?:ook|meer|verder)|(?:gerelateerde|meer) (?:artikelen|nieuws|over)|bekijk ook",
  "läs (?:också|mer|även|vidare)|les (?:også|mer|òg|meir|videre)|læs (?:også|mere|videre)|lue (?:myös|lisää)|katso myös|se også|mer om|mere om|lesa meira|lestu",
  "czytaj (?:też|także|również|więcej|dalej)|zobacz (?:też|także|również|więcej)|przeczytaj|czytajcie|polecamy|(?:powiązane|podobne) artykuły|więcej o",
  "čtěte (?:také|více|dále)|přečtěte|mohlo by|související|čítajte|prečítajte|súvisiace|olvasd? (?:el|tovább)|kapcsolódó|citește (?:și|mai)|citiţi|vezi și|преберете|прочетете|(?:вижте|виж) (?:също|още)|свързани",
  "читайте (?:также|так же|ещё|еще|далее)|(?:читать|смотрите|смотри) (?:также|далее|ещё|еще)|по теме|(?:похожие|связанные) (?:новости|статьи|материалы)|материалы по теме|подробнее|ещё по теме|читайте також|дивіться також|за темою|більше новин",
  "(?:ayrıca|bunu da) (?:oku|bak)|ilgili haber|(?:taip pat )?skaitykite|lasi arī|loe (?:ka|lisaks)|diva[bp]aca|διαβάστε (?:επίσης|ακόμη|ακόμα|και)|δείτε (?:επίσης|ακόμη)|σχετικά (?:άρθρα|θέματα)|baca (?:juga|selengkapnya)|lihat juga|xem thêm|đọc thêm|tin liên quan|pročitajte|čitajte|opširnije|preberite|lexo",
  "関連(?:記事|ニュース|リンク|トピック)|あわせて読みたい|おすすめ(?:記事)?|【?関連|こちらも|続きを読む|もっと見る|相关(?:阅读|新闻|文章|链接)|延伸阅读|延伸閱讀|相關(?:新聞|文章|閱讀)|推荐阅读|更多|관련 ?(?:기사|뉴스)|[▶☞] ?관련|더 ?보기|اقرأ (?:أيضا|ايضا|المزيد)|اقرأ أيضاً|شاهد أيضا|مواضيع (?:ذات صلة|متعلقة)|بیشتر بخوانید|مطالب مرتبط|קראו (?:גם|עוד)|यह भी पढ़ें|आणखी वाचा|এও পড়ুন|আরও পড়ুন|อ่านเพิ่มเติม|ข่าวที่เกี่ยวข้อง",
);

const ENGLISH_NOTICE =
  /(?:subscribe (?:to|now|today|for|here)|^sign[- ]?up (?:for|to)|sign[- ]?up (?:here|now|today|(?:for|to) .{0,60}(?:alerts|updates|briefing|e-?mails?|inbox))|sign[- ]in (?:or|to)|log[- ]in (?:or|to)|already (?:a )?(?:subscriber|member|have an account)|create an account|register(?:ing)? for free|save this article by|free newsletter|daily newsletter|our newsletter|(?:get|delivered) .{0,60}(?:in|to) your inbox|follow us|like us on|join (?:us on|our|the conversation)|download (?:our|the) app|support (?:our|independent) journalism|make a donation|donate (?:now|today)|become a (?:member|subscriber|patron)|turn on javascript|enable javascript|video has failed to load|refreshing your browser|other videos from our team|accept(?:ing)? cookies|(?:we|site|partners) uses? cookies|no spam|unsubscribe (?:any|at any|with)|by clicking|by submitting|terms of (?:use|service)|privacy policy|archived web page, collected|all rights reserved|©\s*(?:copyright|\d{4})|copyright ©|affiliate (?:links?|commission)|earn (?:a|an affiliate) commission|advertisement$|article continues below|this (?:content|embed) (?:is|was) (?:not )?(?:available|provided)|to view this content|leave a (?:comment|reply)|post a comment|^share this|was this (?:article|page|helpful)|thanks for (?:signing|subscribing)|print this|report (?:a )?(?:typo|error)|trust principles|first published in|^(?:follow|reach|contact|e-?mail) .{0,120}(?:twitter|facebook|instagram|@)|(?:have|got) a (?:tip|story|question)|do you have (?:a|any) (?:tip|story|news)|get in touch|^like (?:this:?$|loading|this story)|^(?:caption|close|embed|loading|enlarge|expand|show more|hide caption|toggle caption)\W*$|letters to the editor)/i;

const NON_ENGLISH_NOTICE =
  /(?:jetzt (?:abonnieren|registrieren|anmelden|testen|kostenlos)|newsletter|(?:kein aktives|digital-?)\s?abo\b|abo abschlie(?:ß|ss)en|bereits (?:abonnent|registriert|kunde)|diesen artikel (?:erwerben|freischalten|teilen|empfehlen)|artikel (?:merken|drucken|teilen)|folgen sie uns|unterstützen sie (?:uns|unsere)|ihr browser|alle rechte vorbehalten|anzeige$|fehler gefunden|feedback zu diesem artikel|extern(?:er|en|e)? inhalt|redaktioneller inhalt|inhalte? (?:erlauben|anzeigen|laden)|link zum .{0,20}inhalt|(?:auf|zu)klappen\b|bild (?:anzeigen|schließen)|^(?:publicité|publicidad|pubblicità|werbung|reklama|reklame|annonce|mainos|реклама|flecha|広告|广告|광고)\W*$|an dieser stelle finden sie|ich bin damit einverstanden|datenschutz(?:erklärung|einstellungen)|(?:ihre|deine)r? einwilligung|mit einem (?:symbol|sternchen)|affiliate[- ]links?|hat ihnen dieser artikel|^(?:share|teilen|partager|compart(?:ir|ilhar|e)|condividi|delen|dela?|udostępnij|поделиться|分享|シェア|공유|مشاركة|شارك).{0,40}(?:print|facebook|twitter|mastodon|linkedin|e-?mail|drucken|imprim(?:er|ir)|stampa|afdrukken|распечатать|打印|印刷|인쇄|طباعة)|политика конфиденциальности|política de privacidad(?:e)?|(?:nous utilisons|utilise) des cookies|(?:wir|seite) (?:verwenden|nutzen|setzen|verwendet|nutzt) cookies|(?:utilizamos|usamos) cookies|(?:utilizziamo|usiamo) (?:i )?cookie|(?:wij|we) gebruiken cookies|vi (?:använder|bruker|bruger) (?:cookies|informasjonskapsler)|używamy (?:plików )?cookies|используем (?:файлы )?cookie|クッキーを使用|使用\s?cookie|mentions légales|recevez (?:chaque|notre|nos|toute)|désinscription|abmeldung jederzeit|jederzeit abbestell|baja (?:en|con) un clic|afmelden kan|отписаться|配信停止|随时退订|إلغاء الاشتراك|abonnez-vous|s['’]abonner|inscrivez-vous|déjà abonné|tous droits réservés|suivez-nous|partager (?:cet|l['’])article|suscr[ií](?:bete|base|pción)|iniciar sesión|regístr(?:ate|ese)|s[ií]guenos|todos los derechos|inicia sesión|assine|inscreva-se|todos os direitos|siga-nos|iscriviti|abbonati|tutti i diritti|seguici|abonneer|schrijf je in|volg ons|prenumerera|bli abonnent|^[^\da-zà-ÿ]*bli medlem|abonner(?:e|er)? på|^[^\da-zà-ÿ]*tilaa (?:uutis|lehti|nyt|tästä)|zapisz się|subskryb|wszelkie prawa|zapraszamy (?:też )?do (?:obserwowania|polubienia|śledzenia|komentowania|dyskusji)|obserwuj nas|подпи(?:сывайтесь|шитесь|ска на)|подписаться|все права|нашли ошибку|присоединяйтесь|підпис(?:уйтесь|атися)|abone ol(?:un|mak)?(?![a-zçğıöşü])|takip edin|会員(?:登録|限定)|ログイン|無断転載|转载请|版权所有|未经.{0,12}(?:不得|禁止|严禁|请勿).{0,8}(?:转载|转发|复制|摘编|使用)|扫描二维码|关注我们|무단\s?전재|재배포 금지|구독 ?(?:하기|하세요|신청|해 ?주)|اشترك|تابعونا|جميع الحقوق|حقوق النشر)/i;

const CREDIT =
  /^[\s([|]*(?:photos?|fotos?|pictures?|images?|bild(?:er|quelle)?|beitragsbild|foto(?:grafía|grafia|credits?)?|crédits?(?: photos?)?|credits?|image credits?|photo credits?|photograph(?:s|ed)?|kuva|nuotr|zdjęcie|zdj|fot|фото|источник фото|写真|图片|사진|صورة|illustration|infografik|grafik|video|symbolbild|archivbild|getty images|reuters|ap photo|dpa|imago|shutterstock|istock)\s*(?:[:：/|©(]|by\b|via\b|von\b|courtesy|$)|^[\s([]*(?:©|\(c\))|(?:\/\s?(?:getty images|reuters|afp|ap|dpa|shutterstock|imago|istock|epa)\b|getty images|nuotr\.|\(?(?:foto|photo|bild|fot\.|фото)\s*:\s*[^.]{2,60}\)?)[\s.)\]]*$/iu;

/** Matches the beginnings of lines after an article: credits, contacts, tags, author notes. */
export const END_MATTER = any(
  "(?:additional )?(?:reporting|writing|editing) by\\b|.{0,60} contributed (?:reporting|to this (?:report|story|article))|with (?:files|reporting|additional reporting) (?:from|by)|(?:redaktion|mitarbeit|faktencheck|übersetzung)\\s*:|aus dem (?:englischen|amerikanischen|französischen)|verwendete quellen|zitiervorschlag|rédigé par",
  "(?:presse|media|press)?[- ]?(?:kontakt|contacts?|ansprechpartner(?:in)?|ansprechpersonen?|contacto|contatti|rückfragen|pressestelle|medienkontakt)\\s*(?::|$)|(?:media|press) (?:contacts?|enquiries|inquiries)|weitere auskünfte|notes? to editors",
  "this entry was posted|filed under|posted in|tagged (?:as|with)|(?:tags|categories|kategorien?|schlagw[oö]rter|stichw[oö]rter|schlagworte|etiquetas|themen|topics|mots[- ]clés|теги|метки|标签|タグ)\\s*[:：]|war (?:der|dieser|dieses) (?:artikel|beitrag)|rate this|bewerte",
  "about the (?:authors?|writer|reporter)",
  "(?:written|reviewed|edited|authored|posted|published) by\\b",
  "über (?:den|die) autor(?:in|en)?\\b|zum autor|zur autorin|autor(?:in)?\\s*:|zur person|à propos de l['’]auteur|sobre (?:el|la|o|a) (?:autor|autora|firma)|sull['’]autore|over de auteur|o autor(?:ze|ce)|об авторе|yazar hakkında",
);

const SENTENCE_END = /[.!?…。！？।؟]["'”’»)\]]*(?:\s|$)/u;

/** Whether a text contains the end of a sentence. */
export function hasSentenceEnd(text: string): boolean {
  return SENTENCE_END.test(text);
}

/** Returns how strongly a block suggests that the elements around it contain the article. */
export function worth(block: Block): number {
  const { size, links, kind, text } = block;
  if (kind === "heading" || kind === "caption") return 0;
  if (links > 0.5) return -Math.min(size, 20);
  // Newsletter boxes and the like also consist of sentences.
  if (holdsNotice(block)) return -20;
  const prose = size * (1 - 2 * links);
  if (kind === "item" || kind === "cell") return size > 60 ? prose * 0.6 : 0;
  if (size >= 80) return prose;
  return hasSentenceEnd(text) ? prose * 0.7 : -5;
}

/** Returns the sum of `figure` over all blocks in each element, by the element's `order`. */
export function sums(tags: Tag[], blocks: Block[], figure: (block: Block) => number): Float64Array {
  const total = new Float64Array(tags.length);
  for (const block of blocks) {
    const at = block.tag.order;
    total[at] = (total[at] ?? 0) + figure(block);
  }
  for (let at = tags.length - 1; at > 0; at--) {
    const up = tags[at]?.parent?.order ?? 0;
    total[up] = (total[up] ?? 0) + (total[at] ?? 0);
  }
  return total;
}

const INLINE_TAGS = new Set("a abbr b code em i kbd mark q s small strong sub sup u".split(" "));
const HTML_ENTITIES: Record<string, string> = {
  "<": "&lt;",
  ">": "&gt;",
  "&": "&amp;",
  '"': "&quot;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[<>&"]/g, (char) => HTML_ENTITIES[char] ?? char);
}

/** Returns HTML with only allowed elements. The only attribute is an http(s) `href`. */
export function htmlOf(blocks: Block[], base: string): string {
  const out: string[] = [];
  let list: string | null = null;
  let row: Tag | null = null;
  const close = () => {
    if (list) out.push(`</${list}>`);
    if (row) out.push("</tr></table>");
    list = null;
    row = null;
  };
  for (const block of blocks) {
    const content = inlineHtml(block, base);
    if (block.kind === "item") {
      const name = ancestor(block.tag, "ol") ? "ol" : "ul";
      if (list !== name) {
        close();
        out.push(`<${name}>`);
        list = name;
      }
      out.push(`<li>${content}</li>`);
    } else if (block.kind === "cell") {
      const own = ancestor(block.tag, "tr");
      if (!row) {
        close();
        out.push("<table><tr>");
      } else if (own !== row) out.push("</tr><tr>");
      row = own ?? block.tag;
      out.push(`<td>${content}</td>`);
    } else {
      close();
      out.push(wrap(block, content));
    }
  }
  close();
  return out.join("\n");
}

function wrap(block: Block, content: string): string {
  if (block.kind === "heading") {
    const level = Math.max(2, Number(block.tag.name[1]));
    return `<h${level}>${content}</h${level}>`;
  }
  if (block.kind === "quote") return `<blockquote><p>${content}</p></blockquote>`;
  if (block.kind === "pre") return `<pre>${content}</pre>`;
  return `<p>${content}</p>`;
}

function inlineHtml(block: Block, base: string): string {
  let out = "";
  const open: { tag: Tag; end: string }[] = [];
  for (const node of block.nodes) {
    const path = inlinePath(node, block.tag);
    let common = 0;
    while (common < open.length && open[common]?.tag === path[common]) common++;
    while (open.length > common) out += open.pop()?.end ?? "";
    for (const tag of path.slice(common)) {
      const { start, end } = markup(tag, base);
      out += start;
      open.push({ tag, end });
    }
    if (node instanceof Text) out += escapeHtml(squeeze(node.data));
    else if (node.name === "br") out += "<br>";
  }
  while (open.length > 0) out += open.pop()?.end ?? "";
  const html = out.trim();
  return withoutOuterBreaks(html);
}

function withoutOuterBreaks(html: string): string {
  let inner = html.replace(/^(?:<br>\s*)+/, "");
  // A loop, because a pattern anchored at the end takes quadratic time on many breaks.
  while (inner.endsWith("<br>")) inner = inner.slice(0, -4).trimEnd();
  return inner;
}

function inlinePath(node: Text | Tag, block: Tag): Tag[] {
  const path: Tag[] = [];
  for (let tag = node.parent; tag instanceof Tag && tag !== block; tag = tag.parent) {
    if (INLINE_TAGS.has(tag.name)) path.unshift(tag);
  }
  return path;
}

function markup(tag: Tag, base: string): { start: string; end: string } {
  if (tag.name !== "a") return { start: `<${tag.name}>`, end: `</${tag.name}>` };
  const href = absolute(tag.attribs["href"] ?? "", base);
  return href ? { start: `<a href="${escapeHtml(href)}">`, end: "</a>" } : { start: "", end: "" };
}

export function ancestor(tag: Tag, name: string): Tag | null {
  return closest(tag, 8, (one) => one.name === name);
}
