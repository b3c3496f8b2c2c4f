import type { PageKind } from "../../model/articles/fields.ts";
import { hintOf } from "../dom/hints.ts";
import { type Block, closest, scriptOf, Tag, textOf } from "../dom/node.ts";
import { absolute, bare, isHomeUrl, isNode, list, type Page, textIn, typesOf } from "../page.ts";

interface Kind {
  kind: PageKind;
  confidence: number;
  when: (it: Judged) => boolean;
}

/** The first kind that matches wins. */
const KINDS: Kind[] = [
  { kind: "captcha", confidence: 0.9, when: isChallenge },
  { kind: "error", confidence: 0.9, when: isErrorPage },
  { kind: "app-shell", confidence: 0.85, when: isAppShell },
  { kind: "consent", confidence: 0.8, when: isConsentPage },
  { kind: "login", confidence: 0.8, when: isLoginPage },
  { kind: "paywall", confidence: 0.8, when: isPaywallPage },
  { kind: "video", confidence: 0.75, when: isVideoPage },
  { kind: "gallery", confidence: 0.75, when: isGalleryPage },
  { kind: "home", confidence: 0.85, when: isHomePage },
  { kind: "listing", confidence: 0.75, when: isListingPage },
];

const FILLABLE_KINDS = new Set<PageKind>(["article", "gallery", "video", "listing"]);
const MIN_PAGE_WORDS = 40;

/** Whether a page has scripts, and so few words that the scripts may still add an article. */
export function mayBeFilled(page: Page, kind: PageKind, words: number): boolean {
  return FILLABLE_KINDS.has(kind) && words < MIN_PAGE_WORDS && page.tags("script").some(isScript);
}

function isScript({ attribs: { src, type = "" } }: Tag): boolean {
  return src !== undefined || type === "" || /javascript|module/i.test(type);
}

export function pageKind(page: Page, input: KindInput): { kind: PageKind; confidence: number } {
  const { title, words, stated } = input;
  const tops = input.core.filter((block) => block.kind === "heading").slice(0, 2);
  const shown = page
    .tags("h1")
    .slice(0, 3)
    .map((tag) => textOf(tag, 200));
  const heads = [title, page.headTitle, ...shown, ...tops.map(({ text }) => text)].filter(
    (text): text is string => Boolean(text),
  );
  const start = input.core
    .slice(0, 30)
    .map(({ text }) => text)
    .join("\n")
    .slice(0, 1200);
  const judged = { ...input, page, heads, start };
  for (const { kind, confidence, when } of KINDS) if (when(judged)) return { kind, confidence };
  if (title && words >= 25)
    return { kind: "article", confidence: stated ? 0.98 : words > 150 ? 0.9 : 0.6 };
  if (title && stated) return { kind: "article", confidence: 0.4 };
  return { kind: "listing", confidence: 0.4 };
}

/** Whether the page's markup says that it is an article. */
export function hasArticleMarkup(page: Page): boolean {
  return (
    page.article !== null ||
    page.meta("og:type").some((type) => /article|blog/i.test(type)) ||
    page.props("articlebody").length > 0
  );
}

function isChallenge({ page, words, stated, heads, start, visible }: Judged): boolean {
  if (stated || words > 150 || visible.length > 3000) return false;
  const unseen = visible.length < 200 ? page.tags("noscript").map(scriptless).join("\n") : "";
  return (
    [...heads, start.slice(0, 400), unseen].some((text) => CHALLENGE.test(text)) ||
    (words < 30 &&
      visible.length < 200 &&
      [...page.tags("script"), ...page.tags("div"), ...page.tags("iframe")].some(isWidget))
  );
}

function isWidget({ attribs, classes, id }: Tag): boolean {
  return CHALLENGE_WIDGET.test(`${attribs["src"] ?? ""} ${classes ?? ""} ${id ?? ""}`);
}

function scriptless(tag: Tag): string {
  const texts = tag.children.flatMap((child) => (child instanceof Tag ? textOf(child, 300) : []));
  return [scriptOf(tag), ...texts].join(" ");
}

function isErrorPage(judged: Judged): boolean {
  const { words, stated, heads, start, visible } = judged;
  if (stated || words > 150) return isSoft404(judged);
  if (heads.some((text) => text.length < 120 && ERROR_TITLE.test(text))) return true;
  return (
    words < 60 &&
    visible.length < 1500 &&
    [...heads, start.slice(0, 200)].some((text) => ERROR_TEXT.test(text))
  );
}

function isAppShell({ page, words, visible }: Judged): boolean {
  if (words >= 40 || visible.length > 600) return false;
  const scripts = page
    .tags("script")
    .filter((tag) => tag.attribs["src"] || /module/.test(tag.attribs["type"] ?? ""));
  const roots = page.tree.tags.filter(
    (tag) =>
      /^(?:root|app|__next|__nuxt|svelte|application|main-app)$/i.test(tag.id ?? "") ||
      tag.name === "app-root" ||
      "ng-app" in tag.attribs ||
      "data-reactroot" in tag.attribs,
  );
  return (
    scripts.length > 0 &&
    (roots.length > 0 ||
      /enable javascript|javascript (?:is )?(?:required|aktivieren)|activer javascript/i.test(
        visible,
      ) ||
      visible.length < 80)
  );
}

function isConsentPage({ page, words, visible, stated, start, heads }: Judged): boolean {
  return (
    !stated &&
    words < 250 &&
    visible.length < 3000 &&
    page.tags("p").length < 12 &&
    [...heads, start].some((text) => CONSENT.test(text)) &&
    ["button", "form", "input"].some((name) => page.tags(name).length > 0)
  );
}

function isLoginPage({ page, words, heads, start }: Judged): boolean {
  if (words >= 80) return false;
  const secret = page.tags("input").some((tag) => tag.attribs["type"] === "password");
  const isMarked = page
    .tags("input")
    .some(
      ({ attribs }) => attribs["type"] === "email" || /user|login/i.test(attribs["name"] ?? ""),
    );
  if (!secret && !(isMarked && words < 30)) return false;
  return (
    heads.some((text) => LOGIN.test(text)) ||
    (secret && words < 40 && LOGIN.test(start.slice(0, 300)))
  );
}

function isPaywallPage({ words, free, stated, start }: Judged): boolean {
  return stated && words < 120 && (free === false || PAYWALL.test(start));
}

function isTyped(page: Page, type: RegExp): boolean {
  return page.ld.flatMap(typesOf).some((one) => type.test(one));
}

function isVideoPage({ page, words, heads, stated, isAround }: Judged): boolean {
  if (words >= 100) return false;
  if (page.meta("og:type").some((type) => type.startsWith("video"))) return true;
  const described = isTyped(page, /^VideoObject$/);
  if (!stated && described) return true;
  if (words >= 60 || !hasPlayer(page, isAround)) return false;
  return stated
    ? described && words < 40
    : described || heads.some((text) => VIDEO_TITLE.test(text));
}

function isGalleryPage({ page, words, heads, isAround }: Judged): boolean {
  if (words >= 100) return false;
  if (isTyped(page, /^(?:Image|Media)Gallery$/)) return true;
  const called = heads.some((text) => GALLERY_TITLE.test(text));
  const pictures = page.tags("img").filter((tag) => !isAround(tag));
  const boxed = pictures.filter(isBoxed).length;
  return (
    (called && pictures.length >= 4) || (boxed >= 5 && boxed > pictures.length / 2 && words < 60)
  );
}

function isHomePage({ page, links, core, words }: Judged): boolean {
  if (!isHomeUrl(page.url)) return false;
  const own = [page.article?.["url"], page.article?.["mainEntityOfPage"]].some((value) => {
    const address = absolute(textIn(value, "@id", "url") ?? "", page.url);
    return address !== null && bare(address) === bare(page.url);
  });
  if (own) return false;
  return (!page.article && links > 0.2) || isTeaserList(core) || (words < 150 && links > 0.15);
}

function isListingPage({ page, words, links, stated, core }: Judged): boolean {
  if (stated) return false;
  const isMarked = isTyped(page, /^(?:CollectionPage|SearchResultsPage|ItemList|ProfilePage)$/);
  const cards = page.tags("article").length;
  return (
    (isMarked && words < 150) ||
    (cards >= 4 && words < 120) ||
    (links > 0.6 && words < 100) ||
    isTeaserList(core)
  );
}

const MIN_ERROR_TITLE_SHARE = 0.5;
const OUTER_TAGS = new Set(["html", "body", "main", "article", "section"]);
const MAX_SEARCHED_TAGS = 200;

function isSoft404({ page, title, heads, start, stated }: Judged): boolean {
  const shown = [title, ...heads.slice(title ? 2 : 1)].filter((text) => text !== null);
  if (!shown.some(saysNothingElse)) return false;
  const marked = page.tree.tags.slice(0, MAX_SEARCHED_TAGS).some(isErrorFrame);
  const away = page.links("canonical").some(({ href }) => isHomeUrl(href)) && !isHomeUrl(page.url);
  const proofs = [marked || away, MISSING_PAGE_TEXT.test(start)].filter(Boolean).length;
  return proofs >= (stated ? 2 : 1);
}

function saysNothingElse(head: string): boolean {
  const stated = ERROR_TITLE.exec(head)?.[0] ?? "";
  return stated.length >= head.length * MIN_ERROR_TITLE_SHARE;
}

function isErrorFrame({ name, attribs }: Tag): boolean {
  return (
    OUTER_TAGS.has(name) && ERROR_HINT.test(`${attribs["class"] ?? ""} ${attribs["id"] ?? ""}`)
  );
}

interface KindInput {
  title: string | null;
  /** Whether the page's markup says that it is an article. */
  stated: boolean;
  words: number;
  visible: string;
  links: number;
  free: boolean | null;
  core: Block[];
  isAround: (tag: Tag) => boolean;
}

interface Judged extends KindInput {
  page: Page;
  /** The page's titles and headings. The headline and the text of the `title` tag come first. */
  heads: string[];
  start: string;
}

function isTeaserList(core: Block[]): boolean {
  const runs = [0];
  for (const block of core) {
    if (isTeaserHead(block)) runs.push(0);
    else if (block.links < 0.8) runs.push((runs.pop() ?? 0) + block.size);
  }
  // An article is in one piece, before or after the teasers.
  const [before = 0, ...below] = runs;
  return below.length >= 3 && before < 250 && below.every((size) => size < 450);
}

function isTeaserHead({ kind, links, size, tag }: Block): boolean {
  if (links <= 0.8 || size < 12 || size > 250) return false;
  if (kind === "heading") return true;
  return size > 20 && (kind === "item" || tag.parent?.name === "li" || tag.name === "dt");
}

const PLAYER =
  /(?:^|[-_\s])(?:jw|video-?js|vjs|brightcove|media|video)?-?player(?:$|[-_\s\d])|mediaplayer|videoplayer/i;
const PLAYER_URL =
  /player|youtube(?:-nocookie)?\.com\/embed|vimeo\.com\/video|dailymotion\.com\/embed/i;

function hasPlayer(page: Page, isAround: (tag: Tag) => boolean): boolean {
  const own = (tag: Tag) => !isAround(tag);
  return (
    page.tags("video").some(own) ||
    page.tags("iframe").some((tag) => own(tag) && PLAYER_URL.test(tag.attribs["src"] ?? "")) ||
    page.tags("div").some((tag) => own(tag) && PLAYER.test(`${tag.classes ?? ""} ${tag.id ?? ""}`))
  );
}

const GALLERY =
  /^(?:gallery|slideshow|slider|galerie|galeria|fotostrecke|bildergalerie|fotogalerie|bilderstrecke|photogallery|diaporama|fotogallery)$/;

function isBoxed(picture: Tag): boolean {
  const isGallery = (one: Tag) => hintOf(one).words.some((word) => GALLERY.test(word));
  return closest(picture, 5, isGallery) !== null;
}

const any = (...alternatives: string[]) => new RegExp(alternatives.join("|"), "iu");

const ERROR_TITLE = any(
  "^(?:(?:oops|sorry|https?|status|server|seite|page|página|pagina|strona|stránka|sivu)\\s)?(?:error|fehler|erreur|errore|błąd|fel|fejl|feil|virhe|chyba|hiba|hata|ошибка|エラー)?\\s*:?\\s*(?:4(?:0[0-9]|10|29|51)|50[0-9])\\s*(?:$|[-–—:|·!.]|(?:error|not found|page|service|bad|internal|forbidden|gone|gateway|too many|unavailable))",
  "page (?:could |can )?not (?:be )?found|(?:page|story|article) can['’]t be found|(?:page|article|story) (?:does|do)(?:n['’]t| not) exist|(?:couldn['’]t|can['’]t|cannot|could not) find (?:the|that|this) page",
  "^(?:error )?not found|access (?:to this page )?(?:has been |is )?denied|^forbidden\\s*(?:$|[-–—:|.])|^service unavailable|bad gateway|internal server error|(?:file|document|url) not found",
  "(?:seite|inhalt|artikel) (?:wurde |konnte )?(?:leider )?nicht (?:gefunden|verfügbar|vorhanden)|(?:seite|artikel) (?:existiert|gibt es) nicht|leider nichts gefunden|diese seite (?:existiert|gibt)",
  "page (?:introuvable|non trouvée|inexistante)|(?:page|article) n['’](?:existe|est) (?:pas|plus)",
  "página no (?:encontrada|existe)|no (?:encontramos|se encuentra|se encontró|hemos encontrado) (?:esa|esta|la) página|página não (?:encontrada|existe)",
  "pagina (?:non trovata|inesistente|niet gevonden|nu a fost găsită)|(?:pagina|artikel) bestaat niet",
  "(?:siden?|sidan|sivua?) (?:finnes|finns|findes|kan|kunde|blev|ble|ei) (?:ikke|inte|löydy|inte hittas)|sivua ei löydy",
  "(?:nie znaleziono|nie ma takiej) stron|stronan?i?e? nie istnieje|stránka (?:nebyla nalezena|neexistuje|sa nenašla)|az oldal nem található|sayfa bulunamadı|stranica nije pronađena",
  "страница не (?:найдена|существует)|сторінк[ау] не (?:знайдено|існує)|η σελίδα δεν βρέθηκε|页面不存在|找不到(?:该|您|頁面|页面)|ページが(?:見つかりません|存在しません)|페이지를 찾을 수 없|الصفحة غير موجودة|ไม่พบหน้า",
);

const ERROR_TEXT = any(
  "(?:article|story|page|content|post) (?:is|has been) (?:no longer available|removed|deleted|withdrawn|expired)|no longer available$|^something went wrong|^(?:an )?(?:unexpected )?error (?:has )?occurred|(?:^|(?:site|page|portal|server|we(?:['’]| a)re)(?: \\w+){0,4} )(?:(?:down|closed) for (?:scheduled )?maintenance|under maintenance|temporarily unavailable)|we(?:['’]ll| will) be (?:right )?back",
  "nicht mehr (?:verfügbar|abrufbar)|^wartungsarbeiten\\s*(?:$|\\|)|(?:seite|server|portal|shop|system)\\b[^.]{0,60}wartungsarbeiten|wartungsarbeiten[^.]{0,60}(?:seite|server|portal|shop|system)\\b|ein fehler ist aufgetreten|etwas ist schiefgelaufen|vorübergehend nicht erreichbar",
  "n['’]est plus disponible|(?:^|(?:site|sitio|sito|web|página|portal)\\b[^.]{0,40})(?:en maintenance|en mantenimiento|em manutenção|in manutenzione)|une erreur (?:est survenue|s['’]est produite)|ya no está disponible|ha ocurrido un error|algo salió mal|não está mais disponível|non (?:è )?più disponibile|niet (?:meer|langer) beschikbaar|(?:er is )?iets mis ?gegaan|на сайте (?:ведутся|проводятся)|^(?:(?:ведутся|проводятся) )?(?:технические )?работы\\s*(?:$|[.!|])|メンテナンス中",
);

const MISSING_PAGE_TEXT = any(
  "you (?:(?:have )?(?:followed|requested|asked for|typed|entered|clicked)|(?:are|were) (?:looking|searching) for|may have)|mistyped|(?:check|checking) the (?:address|url|spelling)|found at this (?:location|address)|(?:broken|dead|old|outdated) (?:link|bookmark)|not here any ?more|(?:been|was) (?:moved|renamed|removed|deleted)",
  "vertippt|verschoben oder gelöscht|(?:gelöscht|verschoben|umbenannt|abgelaufen|veraltet)|nicht (?:mehr )?(?:vorhanden|verfügbar|erreichbar)|suchfeld|suchfunktion|(?:zur|die) startseite",
  "que vous (?:cherche|recherche|demande|avez)|(?:déplacée?|supprimée?|renommée?)|moteur de recherche|plan du site|(?:retour|revenir) à l['’]accueil",
  "que (?:busca|buscas|está buscando|has solicitado)|ya no (?:está|existe)|(?:movid|eliminad|trasladad)[oa]|buscador|que (?:você )?procura|foi (?:movid|removid|apagad)[oa]|que (?:cerchi|stai cercando|cercava)|(?:spostat|rimoss|eliminat)[oa]|motore di ricerca",
  "(?:die|dat) u zoekt|(?:verplaatst|verwijderd|verlopen|verouderd)|(?:adres|link) (?:is )?(?:verkeerd|onjuist)|zoekfunctie|(?:naar|via) de startpagina",
  "du (?:söker|letar|leter|leder|søger)|(?:tagits bort|flyttats?|flyttet|slettet|fjernet|raderats)|startsidan|forsiden|etsimäsi|(?:poistettu|siirretty)|etusivu",
  "o podanym adresie|(?:przeniesion|usunięt)[aoye]|wyszukiwark|stron[aęy] główn|(?:požadovan|hledan)[áéou]|(?:přesunut|odstraněn|smazán|presunut|odstránen)|keresett (?:oldal|cím|tartalom)|(?:áthelyez|törölt)|kezdőlap|főoldal|aradığınız|(?:taşınmış|silinmiş)|ana ?sayfa",
  "запрашива|запитуван|(?:удал[её]н|перемещ[её]н|видален|переміщен)|главн(?:ую|ой) страниц|головн(?:у|ої) сторінк|που (?:ζητήσατε|αναζητ|ψάχνετε)|αρχική σελίδα",
  "您(?:访问|要找|查找|请求)|(?:返回|回到)首[页頁]|お探しの|移動または削除|トップページ|찾으시는|요청하신|التي تبحث|الصفحة المطلوبة|ที่คุณ(?:ต้องการ|ค้นหา)",
);

const ERROR_HINT =
  /(?:^|[\s_-])(?:error-?|page-?)?404(?:$|[\s_-])|(?:^|\s)(?:page-?)?not-?found(?:$|[\s_-])|(?:^|\s)error-?page(?:$|\s)/i;

const CHALLENGE = any(
  "(?:verify|confirm|prove|sure|check(?:ing)? (?:that|if)) (?:that )?(?:you(?:['’]re| are)|you be) (?:not )?(?:an? )?(?:human|robot|bot|person)|(?:think|thought) (?:that )?you(?:['’]re| are| were) (?:an? )?(?:ro)?bot|^human verification|press (?:&|and) hold to|pardon our interruption",
  "are you (?:an? )?(?:human|robot)\\?|i['’]?m not a robot|checking (?:your browser|if the site connection is secure)|just a moment\\.\\.\\.|enable javascript and cookies to continue|enable js and disable any ad ?blocker|complete the security check|ddos protection by|attention required!|detected unusual traffic",
  "(?:sie|du) (?:kein (?:roboter|bot)|(?:wirklich )?ein mensch) (?:sind|bist)|(?:sind sie|bist du) (?:ein (?:mensch|roboter)|kein roboter)|sicherheitsüberprüfung|ungewöhnliche[nr]? (?:datenverkehr|zugriffe)",
  "(?:que )?vous (?:êtes (?:bien )?(?:un )?humaine?|n['’]êtes pas un (?:robot|bot))|trafic inhabituel|que (?:eres|es|usted es) humano|no eres un robot|tráfico inusual|você é humano|não é um robô|(?:sei|di essere) umano|non sei un robot|(?:geen|niet een) robot bent|(?:inte|ikke) (?:är )?en robot|nie jesteś robotem|вы (?:не робот|человек)|robot olmadığınızı|(?:ロボット|ボット)ではない|你不是机器人|人机验证|로봇이 아닙니다|لست روبوت",
);

const CHALLENGE_WIDGET =
  /captcha|turnstile|cf-challenge|challenge-platform|chl_page|perimeterx|datadome|arkose/i;

const CONSENT = any(
  "before you continue|we (?:value|respect|care about) your privacy|your privacy choices|cookie (?:settings|preferences|consent)|accept all(?: cookies)?|(?:store and|or) access information on (?:a|your) device|manage (?:privacy|cookie) (?:settings|preferences)",
  "alle akzeptieren|cookies? akzeptieren|akzeptieren und (?:weiter|schließen)|mit werbung (?:weiter|lesen)|ihre zustimmung|zustimmen und weiter|einwilligung (?:erteilen|widerrufen)|pur-?abo",
  "tout accepter|accepter (?:les cookies|et (?:fermer|continuer))|continuer sans accepter|respect(?:ons|e) (?:de )?votre vie privée|avec votre (?:accord|consentement)",
  "aceptar (?:todas )?las cookies|aceptar y (?:continuar|cerrar)|valoramos (?:tu|su) privacidad|aceitar (?:todos|cookies)|accetta (?:tutti|(?:e|ed) (?:continua|chiudi)|i cookie)|rispettiamo la tua privacy",
  "met uw toestemming|geven om (?:je|uw) privacy|alle cookies accepteren|privacy-instellingen|värnar om din integritet|godkänn alla|godta alle|vi bryr oss om (?:ditt )?personvern|accepter alle|hyväksy kaikki|akceptuj(?:ę|e)? (?:wszystkie|i )|přijmout vše|elfogadom|принять все|tümünü kabul et|すべて(?:同意|許可)|同意して|接受所有",
);

const LOGIN = any(
  "\\b(?:log|sign)(?:ging|ing)?[- ]?in\\b|members only|\\banmeld(?:en|ung)\\b|(?:melden sie sich|melde dich) .{0,20}an$|einloggen|\\bconnexion\\b|se connecter|(?:connectez|identifiez)-vous|inicia(?:r)? sesión|iniciar sessão|acceso (?:a )?(?:usuarios|suscriptores)|\\baccedi\\b|inloggen|logg(?:a|e)? in(?:n)?\\b|\\blog ind\\b|zaloguj|logowanie|přihlá(?:sit|šení)|bejelentkezés|\\bgiriş yap|вход|войти|увійти|ログイン|登录|登入|로그인|تسجيل الدخول",
);

/** Matches a text that offers the rest of an article to paying readers. */
const PAYWALL = any(
  "subscribe to (?:continue|keep|read)|to (?:continue|keep) reading|(?:article|story|content) is (?:exclusive(?:ly)?|only)? ?(?:for|to|available to) (?:our )?(?:subscribers|members)|(?:subscribers?|members?)[- ](?:only|exclusive)|already a (?:subscriber|member)\\?|unlock this (?:article|story)",
  "(?:weiterlesen|jetzt lesen|vollständig lesen) mit|(?:nur|exklusiv) für (?:abonnent|mitglieder)|(?:haben|hast) (?:sie |du )?(?:schon|bereits) ein abo|bereits (?:abonnent|digital-?abonnent)|diesen artikel (?:freischalten|weiterlesen)|jetzt weiterlesen",
  "réservé (?:aux|à nos) abonnés|il vous reste \\d+ ?%|(?:la suite|lire la suite) est réservée|je m['’]abonne|déjà abonné",
  "exclusivo para (?:suscriptor|assinante|abonado)|(?:sólo|solo) para suscriptores|suscríbete (?:para|por|y)|contenido exclusivo|conteúdo exclusivo|riservato agli abbonati|abbonati per|solo per abbonati",
  "alleen voor abonnees|(?:lees|artikel) verder met|word abonnee|(?:bare )?for abonnenter|kjøp tilgang|abonnenter kan|endast för prenumeranter|läs vidare med|kun for abonnenter|tilaajille|tylko dla (?:subskrybentów|prenumeratorów)|pro předplatitele|csak előfizetőknek|только (?:для|по) подпис",
  "会員限定|有料会員|続きを読むには|残り[\\d,]+文字|仅限订阅|订阅后(?:继续)?阅读|구독자 전용|للمشتركين فقط",
);

const VIDEO_TITLE =
  /(?:^|[\s([|])(?:video|videos|vídeo|vidéo|watch|mediathek|film|livestream|reportage)\s*(?::|\||\)|\]|-|–|$)|\b(?:mediathek|videothek)\b|^(?:watch|regardez|ver|guarda):?\s|видео|動画|视频|فيديو/iu;

const GALLERY_TITLE =
  /\bin (?:pictures|photos|images)\b|^(?:pictures|photos|photo (?:gallery|essay)|gallery|slideshow)\b|\bphoto gallery\b|\b(?:foto|bilder|photo)(?:strecke|galerie|s?erie)\b|^bilder\b|^galerie\b|\ben (?:images|imágenes|fotos)\b|diaporama|fotogaler[íi]a|galer[íi]a (?:de )?(?:fotos|fotográfica)|^(?:fotos|imágenes)\b|\bin immagini\b|fotogallery|\bin beeld\b|fotoreportage|bildspel|bildespesial|galeria zdjęć|zdjęcia\]?$|фоторепортаж|в фотографиях|写真特集|写真(?:集|ギャラリー)|图集|组图|포토|بالصور/iu;

/** The part of a page that only subscribers can read. */
export interface PaidPart {
  /** Evidence that an article has a paid part; null if the page names none. */
  because: string | null;
  /** The elements that contain the paid part; empty if the page doesn't include that part. */
  tags: Tag[];
}

const NOTHING: PaidPart = { because: null, tags: [] };
const SUPPORTED_SELECTOR = /^[\w-]*([.#])([\w-]+)$/;

/** Returns the part that JSON-LD marks as not free (`hasPart`, as search engines require). */
export function readPaidPart({ article, tree }: Page, free: boolean | null): PaidPart {
  if (!article || free === true) return NOTHING;
  const parts = list(article["hasPart"]).filter(isNode);
  const selectors = parts.flatMap(({ isAccessibleForFree: isFree, cssSelector }) => {
    const says = typeof isFree === "boolean" ? String(isFree) : (textIn(isFree) ?? "");
    return /false$/i.test(says) ? [cssSelector].flat().map((each) => textIn(each) ?? "") : [];
  });
  if (selectors.length === 0) return NOTHING;
  const wanted = selectors.flatMap((each) => each.split(",")).map((each) => each.trim());
  const tags = wanted.flatMap((selector) => {
    const [, sign, name = ""] = SUPPORTED_SELECTOR.exec(selector) ?? [];
    if (sign === "#") return tree.tags.filter(({ id }) => id === name);
    return sign ? tree.tags.filter(({ classes }) => classes?.split(/\s+/).includes(name)) : [];
  });
  return { because: `json-ld hasPart ${wanted.join(", ")}`, tags };
}

const MIN_COMPLETE_WORDS = 300;
const MAX_TEASER_WORDS = 120;

interface PaywallFacts extends Pick<KindInput, "free" | "words" | "stated"> {
  paid: PaidPart;
  offer: boolean;
}

/** Returns why the page shows only the article's beginning; null if it might be complete. */
export function paywallOf(
  page: Page,
  { paid, free, words, offer, stated }: PaywallFacts,
): string | null {
  if (free === true) return null;
  if (paid.because) return paid.because;
  // Some sites show each reader a few paid articles in full.
  if (words >= MIN_COMPLETE_WORDS) return null;
  if (free === false) return "isAccessibleForFree: false";
  if (!stated || !offer) return null;
  if (words < MAX_TEASER_WORDS) return "the page offers the rest to subscribers";
  const marker = page.tree.tags.find(({ classes, id }) =>
    PAYWALL_MARKER.test(`${classes ?? ""} ${id ?? ""}`),
  );
  return marker ? `marker ${marker.id ?? marker.classes ?? ""}` : null;
}

const MAX_OFFER_CHARS = 300;

export function offerIn(core: readonly Block[]): Tag | null {
  return core.find(({ text }) => text.length < MAX_OFFER_CHARS && PAYWALL.test(text))?.tag ?? null;
}

const PAYWALL_MARKER =
  /(?:^|[\s_-])(?:pay-?wall|reg-?wall|meter-?wall|piano(?:-\w+)?|tp-container|subscri(?:be|ber|ption)-?(?:wall|only|offer|box|prompt)|premium-?(?:content|wall|teaser|only)|locked-?content|members?-?only|abo-?(?:wall|box|only|teaser)|plus-?(?:wall|teaser|only)|steady-?paywall|paid-?content|restricted-?content)(?:$|[\s_-])/i;
