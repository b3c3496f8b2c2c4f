import { fold } from "./plain.ts";

/** Words of counters and time stamps, folded. A sentence of only these and numbers isn't news. */
export const COUNTER_WORDS = words(`
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

/** Beginnings of words that say when something was published or changed, or how long ago. */
export const DATING_WORD_BEGINNINGS = words(`
  updat publish posted modif edited refreshed
  aktualisier veroffentlich
  publie actualis actualiz publica aggiorna pubblica atualiz
  bijgewerkt gepubliceerd geleden
  обновлен опубликован публикац изменен
  zaktualiz opublik guncelle yayinla
  تحديث التحديث نشر`);

/** Units of time, and words such as `ago` that occur with them. */
export const TIME_UNIT_WORDS = words(`ago stand vor jour hace fa ha назад temu once منذ قبل
  min mins minute minutes hour hours hrs sec seconds minuten stunde stunden sekunden uhr
  heure heures secondes minuto minutos hora horas segundos minuti ora ore minuut uur seconden
  минут минуты минуту мин часа часов час minut minuty godz dakika saat دقيقة دقائق ساعة ساعات`);

/** Beginnings of words that have to do with reading, commenting, sharing or counting views. */
export const READING_WORD_BEGINNINGS =
  words(`reader comment kommentar leserkommentar partag lecteur lect comment compart coment
    leitor leitur condivi letto lezen lezer reactie react reakt gedeeld читател прочит просмотр коммент
    udostep komentarz okun goruntul yorum قرا`);

/** Words between those of a counter or time stamp, such as articles and prepositions. */
export const FILLER_WORDS = words(`
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

/** Words of counters and time stamps in Chinese, Japanese and Korean, as `fold` returns them. */
export const UNSPACED_NOISE_WORDS = [
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

const LABELS =
  "advertisement|advertising|advert|sponsored|sponsored content|promoted|anzeige|werbung|publicit[eé]|annonce|publicidad|patrocinado|pubblicit[aà]|sponsorizzato|publicidade|advertentie|реклама|reklama|reklam|广告|廣告|推广|広告|PR|광고|إعلان|اعلان";

/** Matches an advertisement's label that is alone, in brackets, or before a colon or dash. */
export const ADVERT = new RegExp(
  `^(?:[\\[(【（](?:${LABELS})[\\])】）]|["“„«]?(?:${LABELS})["”“»]?(?:\\s*$|\\s*[:：|｜–—-]))`,
  "iu",
);

export const RELATED = new RegExp(
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

function words(list: string): ReadonlySet<string> {
  return new Set(fold(list).trim().split(/\s+/));
}
