const any = (...alternatives: string[]) => new RegExp(alternatives.join("|"), "iu");

/** A status code that a title begins with or stands alone, and the first words of error pages. */
export const ERROR_TITLE = any(
  "^(?:\\p{L}+\\s)?(?:error|fehler|erreur|errore|błąd|fel|fejl|feil|virhe|chyba|hiba|hata|ошибка|エラー)?\\s*:?\\s*(?:4(?:0[0-9]|10|29|51)|50[0-9])\\s*(?:$|[-–—:|·!.]|(?:error|not found|page|service|bad|internal|forbidden|gone|gateway|too many|unavailable))",
  "page (?:could |can )?not (?:be )?found|(?:page|story|article) can['’]t be found|(?:page|article|story) (?:does|do)(?:n['’]t| not) exist|(?:couldn['’]t|can['’]t|cannot|could not) find (?:the|that|this) page",
  "^(?:error )?not found|access (?:to this page )?(?:has been |is )?denied|^forbidden|service unavailable|bad gateway|internal server error|(?:file|document|url) not found",
  "(?:seite|inhalt|artikel) (?:wurde |konnte )?(?:leider )?nicht (?:gefunden|verfügbar|vorhanden)|(?:seite|artikel) (?:existiert|gibt es) nicht|leider nichts gefunden|diese seite (?:existiert|gibt)",
  "page (?:introuvable|non trouvée|inexistante)|(?:page|article) n['’](?:existe|est) (?:pas|plus)",
  "página no (?:encontrada|existe)|no (?:encontramos|se encuentra|se encontró|hemos encontrado) (?:esa|esta|la) página|página não (?:encontrada|existe)",
  "pagina (?:non trovata|inesistente|niet gevonden|nu a fost găsită)|(?:pagina|artikel) bestaat niet",
  "(?:siden?|sidan|sivua?) (?:finnes|finns|findes|kan|kunde|blev|ble|ei) (?:ikke|inte|löydy|inte hittas)|sivua ei löydy",
  "(?:nie znaleziono|nie ma takiej) stron|stronan?i?e? nie istnieje|stránka (?:nebyla nalezena|neexistuje|sa nenašla)|az oldal nem található|sayfa bulunamadı|stranica nije pronađena",
  "страница не (?:найдена|существует)|сторінк[ау] не (?:знайдено|існує)|η σελίδα δεν βρέθηκε|页面不存在|找不到(?:该|您|頁面|页面)|ページが(?:見つかりません|存在しません)|페이지를 찾을 수 없|الصفحة غير موجودة|ไม่พบหน้า",
);

/** How short pages begin that stand in for one which is gone, broken or closed for a while. */
export const GONE = any(
  "(?:article|story|page|content|post) (?:is|has been) (?:no longer available|removed|deleted|withdrawn|expired)|no longer available$|^something went wrong|^(?:an )?(?:unexpected )?error (?:has )?occurred|(?:down|closed) for (?:scheduled )?maintenance|under maintenance|temporarily unavailable|we(?:['’]ll| will) be (?:right )?back",
  "nicht mehr (?:verfügbar|abrufbar)|wartungsarbeiten|ein fehler ist aufgetreten|etwas ist schiefgelaufen|vorübergehend nicht erreichbar",
  "n['’]est plus disponible|(?:site )?en maintenance|une erreur (?:est survenue|s['’]est produite)|ya no está disponible|en mantenimiento|ha ocurrido un error|algo salió mal|não está mais disponível|em manutenção|non (?:è )?più disponibile|in manutenzione|niet (?:meer|langer) beschikbaar|(?:er is )?iets mis ?gegaan|технические работы|ведутся работы|メンテナンス中",
);

/** What pages that stand in for a missing one tell the reader, however long they go on. */
export const ASTRAY = any(
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

/** Class or id that templates give to the page, or its main part, that stands in for a missing one. */
export const ERROR_HINT =
  /(?:^|[\s_-])(?:error-?|page-?)?404(?:$|[\s_-])|(?:^|\s)(?:page-?)?not-?found(?:$|[\s_-])|(?:^|\s)error-?page(?:$|\s)/i;

/** What pages say that let nobody in before a proof that a person asks. */
export const CHALLENGE = any(
  "(?:verify|confirm|prove|sure|check(?:ing)? (?:that|if)) (?:that )?(?:you(?:['’]re| are)|you be) (?:not )?(?:an? )?(?:human|robot|bot|person)|(?:think|thought) (?:that )?you(?:['’]re| are| were) (?:an? )?(?:ro)?bot|^human verification|press (?:&|and) hold to|pardon our interruption",
  "are you (?:an? )?(?:human|robot)\\?|i['’]?m not a robot|checking (?:your browser|if the site connection is secure)|just a moment\\.\\.\\.|enable javascript and cookies to continue|enable js and disable any ad ?blocker|complete the security check|ddos protection by|attention required!|detected unusual traffic",
  "(?:sie|du) (?:kein (?:roboter|bot)|(?:wirklich )?ein mensch) (?:sind|bist)|(?:sind sie|bist du) (?:ein (?:mensch|roboter)|kein roboter)|sicherheitsüberprüfung|ungewöhnliche[nr]? (?:datenverkehr|zugriffe)",
  "(?:que )?vous (?:êtes (?:bien )?(?:un )?humaine?|n['’]êtes pas un (?:robot|bot))|trafic inhabituel|que (?:eres|es|usted es) humano|no eres un robot|tráfico inusual|você é humano|não é um robô|(?:sei|di essere) umano|non sei un robot|(?:geen|niet een) robot bent|(?:inte|ikke) (?:är )?en robot|nie jesteś robotem|вы (?:не робот|человек)|robot olmadığınızı|(?:ロボット|ボット)ではない|你不是机器人|人机验证|로봇이 아닙니다|لست روبوت",
);

/** Class, id or address of the widgets that such a proof is given in. */
export const CHALLENGE_WIDGET =
  /captcha|turnstile|cf-challenge|challenge-platform|chl_page|perimeterx|datadome|arkose/i;

/** What pages ask that stand before the one which was asked for, about data and cookies. */
export const CONSENT = any(
  "before you continue|we (?:value|respect|care about) your privacy|your privacy choices|cookie (?:settings|preferences|consent)|accept all(?: cookies)?|(?:store and|or) access information on (?:a|your) device|manage (?:privacy|cookie) (?:settings|preferences)",
  "alle akzeptieren|cookies? akzeptieren|akzeptieren und (?:weiter|schließen)|mit werbung (?:weiter|lesen)|ihre zustimmung|zustimmen und weiter|einwilligung (?:erteilen|widerrufen)|pur-?abo",
  "tout accepter|accepter (?:les cookies|et (?:fermer|continuer))|continuer sans accepter|respect(?:ons|e) (?:de )?votre vie privée|avec votre (?:accord|consentement)",
  "aceptar (?:todas )?las cookies|aceptar y (?:continuar|cerrar)|valoramos (?:tu|su) privacidad|aceitar (?:todos|cookies)|accetta (?:tutti|(?:e|ed) (?:continua|chiudi)|i cookie)|rispettiamo la tua privacy",
  "met uw toestemming|geven om (?:je|uw) privacy|alle cookies accepteren|privacy-instellingen|värnar om din integritet|godkänn alla|godta alle|vi bryr oss om (?:ditt )?personvern|accepter alle|hyväksy kaikki|akceptuj(?:ę|e)? (?:wszystkie|i )|přijmout vše|elfogadom|принять все|tümünü kabul et|すべて(?:同意|許可)|同意して|接受所有",
);

/** What the forms ask for that let readers in; looked for in titles and headings. */
export const LOGIN = any(
  "\\b(?:log|sign)(?:ging|ing)?[- ]?in\\b|members only|\\banmeld(?:en|ung)\\b|(?:melden sie sich|melde dich) .{0,20}an$|einloggen|\\bconnexion\\b|se connecter|(?:connectez|identifiez)-vous|inicia(?:r)? sesión|iniciar sessão|acceso (?:a )?(?:usuarios|suscriptores)|\\baccedi\\b|inloggen|logg(?:a|e)? in(?:n)?\\b|\\blog ind\\b|zaloguj|logowanie|přihlá(?:sit|šení)|bejelentkezés|\\bgiriş yap|вход|войти|увійти|ログイン|登录|登入|로그인|تسجيل الدخول",
);

/** What a page says that shows its text to subscribers only. */
export const PAYWALL = any(
  "subscribe to (?:continue|keep|read)|to (?:continue|keep) reading|(?:article|story|content) is (?:exclusive(?:ly)?|only)? ?(?:for|to|available to) (?:our )?(?:subscribers|members)|(?:subscribers?|members?)[- ](?:only|exclusive)|already a (?:subscriber|member)\\?|unlock this (?:article|story)",
  "(?:weiterlesen|jetzt lesen|vollständig lesen) mit|(?:nur|exklusiv) für (?:abonnent|mitglieder)|(?:haben|hast) (?:sie |du )?(?:schon|bereits) ein abo|bereits (?:abonnent|digital-?abonnent)|diesen artikel (?:freischalten|weiterlesen)|jetzt weiterlesen",
  "réservé (?:aux|à nos) abonnés|il vous reste \\d+ ?%|(?:la suite|lire la suite) est réservée|je m['’]abonne|déjà abonné",
  "exclusivo para (?:suscriptor|assinante|abonado)|(?:sólo|solo) para suscriptores|suscríbete (?:para|por|y)|contenido exclusivo|conteúdo exclusivo|riservato agli abbonati|abbonati per|solo per abbonati",
  "alleen voor abonnees|(?:lees|artikel) verder met|word abonnee|(?:bare )?for abonnenter|kjøp tilgang|abonnenter kan|endast för prenumeranter|läs vidare med|kun for abonnenter|tilaajille|tylko dla (?:subskrybentów|prenumeratorów)|pro předplatitele|csak előfizetőknek|только (?:для|по) подпис",
  "会員限定|有料会員|続きを読むには|残り[\\d,]+文字|仅限订阅|订阅后(?:继续)?阅读|구독자 전용|للمشتركين فقط",
);

/** How titles of films and broadcasts are marked. */
export const VIDEO_TITLE =
  /(?:^|[\s([|])(?:video|videos|vídeo|vidéo|watch|mediathek|film|livestream|reportage)\s*(?::|\||\)|\]|-|–|$)|\b(?:mediathek|videothek)\b|^(?:watch|regardez|ver|guarda):?\s|видео|動画|视频|فيديو/iu;

/** How titles of picture galleries are marked. */
export const GALLERY_TITLE =
  /\bin (?:pictures|photos|images)\b|^(?:pictures|photos|photo (?:gallery|essay)|gallery|slideshow)\b|\bphoto gallery\b|\b(?:foto|bilder|photo)(?:strecke|galerie|s?erie)\b|^bilder\b|^galerie\b|\ben (?:images|imágenes|fotos)\b|diaporama|fotogaler[íi]a|galer[íi]a (?:de )?(?:fotos|fotográfica)|^(?:fotos|imágenes)\b|\bin immagini\b|fotogallery|\bin beeld\b|fotoreportage|bildspel|bildespesial|galeria zdjęć|zdjęcia\]?$|фоторепортаж|в фотографиях|写真特集|写真(?:集|ギャラリー)|图集|组图|포토|بالصور/iu;
