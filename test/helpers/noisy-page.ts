import type { Text } from "../../demo/data.ts";
import { random } from "../../demo/random.ts";
import { type Paragraph, paragraphsOf } from "../../demo/text.ts";
import { escapeText as escape } from "../../lib/text.ts";

/** What a site puts around its articles, in one language. */
interface Furniture {
  lang: string;
  views: (n: number) => string;
  shares: (n: number) => string;
  comments: (n: number) => string;
  minutesRead: (n: number) => string;
  updated: (minutes: number) => string;
  advert: string;
  readMore: string;
}

const FURNITURE: Furniture[] = [
  {
    lang: "en",
    views: (n) => `${n.toLocaleString("en")} views`,
    shares: (n) => `Shared ${n} times`,
    comments: (n) => `${n} comments`,
    minutesRead: (n) => `${n} min read`,
    updated: (n) => `Updated ${n} minutes ago`,
    advert: "Advertisement",
    readMore: "Read more",
  },
  {
    lang: "de",
    views: (n) => `${n.toLocaleString("de")} Aufrufe`,
    shares: (n) => `${n} mal geteilt`,
    comments: (n) => `Kommentare (${n})`,
    minutesRead: (n) => `Lesezeit: ${n} Minuten`,
    updated: (n) => `Aktualisiert vor ${n} Minuten`,
    advert: "Anzeige",
    readMore: "Lesen Sie auch",
  },
  {
    lang: "fr",
    views: (n) => `${n} vues`,
    shares: (n) => `${n} partages`,
    comments: (n) => `${n} commentaires`,
    minutesRead: (n) => `Temps de lecture : ${n} min`,
    updated: (n) => `Mis à jour il y a ${n} minutes`,
    advert: "Publicité",
    readMore: "Lire aussi",
  },
  {
    lang: "es",
    views: (n) => `${n} visitas`,
    shares: (n) => `Compartido ${n} veces`,
    comments: (n) => `${n} comentarios`,
    minutesRead: (n) => `${n} minutos de lectura`,
    updated: (n) => `Actualizado hace ${n} minutos`,
    advert: "Publicidad",
    readMore: "Lea también",
  },
  {
    lang: "ru",
    views: (n) => `Просмотров: ${n}`,
    shares: (n) => `${n} репостов`,
    comments: (n) => `${n} комментариев`,
    minutesRead: (n) => `Время чтения: ${n} мин`,
    updated: (n) => `Обновлено ${n} минут назад`,
    advert: "Реклама",
    readMore: "Читайте также",
  },
  {
    lang: "zh",
    views: (n) => `阅读量：${n}`,
    shares: (n) => `分享 ${n}`,
    comments: (n) => `评论（${n}）`,
    minutesRead: (n) => `阅读时间 ${n} 分钟`,
    updated: (n) => `更新于 ${n}分钟前`,
    advert: "广告",
    readMore: "相关阅读",
  },
];

const OFFERS = [
  "Winter tyres at half price until Sunday",
  "The new hatchback: book a test drive today",
  "Learn a language in three weeks",
  "Solar panels without a down payment",
  "Flights to the coast from 29 euros",
  "A mattress that remembers you",
];
const HEADLINES = [
  "Council postpones the vote on the tram",
  "Bakery wins prize for rye bread",
  "Swimming pool opens a week early",
  "How the library got its roof back",
  "Night buses to run until three",
  "Market hall looks for a new tenant",
];

/**
 * Returns a text's page as a busy site serves it the `n`th time. Adverts, counters, reading time, timestamps and
 * links to other articles differ each time and are in, before and after the article; `place` selects the markup.
 */
export function noisyPage(text: Text, n: number, place: number): string {
  const chance = random("noisy", n, place);
  const of = FURNITURE[place % FURNITURE.length] ?? FURNITURE[0];
  if (!of) throw new Error("there is furniture");
  const offer = () => chance.pick(OFFERS);
  const related = () =>
    Array.from({ length: chance.int(2, 5) }, () => {
      return `<li><a href="/x/${chance.int(1, 9999)}">${chance.pick(HEADLINES)}</a></li>`;
    }).join("");
  const inBody = [
    `<div class="ad-slot" id="ad-${chance.int(1, 1e6)}"><span>${of.advert}</span><p>${offer()}</p></div>`,
    `<aside class="advert"><a href="https://ads.example/${chance.int(1, 1e6)}">${offer()}</a></aside>`,
    `<p><small>${of.advert}:</small> ${offer()}</p>`,
    `<p>${of.readMore}: <a href="/x/${chance.int(1, 9999)}">${chance.pick(HEADLINES)}</a></p>`,
    `<p><a href="/x/${chance.int(1, 9999)}">${chance.pick(HEADLINES)}</a></p>`,
    `<p class="stats">${of.views(chance.int(100, 90_000))} | ${of.shares(chance.int(1, 900))}</p>`,
    `<div class="related"><h3>${of.readMore}</h3><ul>${related()}</ul></div>`,
    `<p><em>${of.updated(chance.int(1, 59))}</em></p>`,
  ];
  const paragraphs = paragraphsOf(text.body).map(markup);
  // The same kinds of noise at the same places each time, or one more or fewer.
  const positions = [1, 2, 3].map((step) => (place + step * 3) % paragraphs.length);
  const body = paragraphs.flatMap((paragraph, index) =>
    positions.includes(index) || chance.next() < 0.1
      ? [paragraph, inBody[(index + place) % inBody.length] ?? ""]
      : [paragraph],
  );
  const meta = [of.minutesRead(chance.int(2, 4)), of.views(chance.int(100, 90_000))];
  return `<!doctype html><html lang="${of.lang}"><head><title>${escape(text.title)}</title>
<meta property="og:type" content="article"><meta property="og:title" content="${escape(text.title)}">
<meta name="csrf-token" content="${chance.int(1, 1e9)}">
<meta property="article:published_time" content="2026-11-24T08:00:00Z">
<script>window.build=${chance.int(1, 1e9)}</script></head><body>
<header><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<div class="ticker">${chance.pick(HEADLINES)}</div></header>
<main><article><h1>${escape(text.title)}</h1>
<div class="byline">${escape(text.author)} <span class="time">${of.updated(chance.int(1, 59))}</span> <span>${meta.join(" · ")}</span></div>
${body.join("\n")}
<p class="counter">${of.comments(chance.int(0, 300))}</p>
<div class="share">${of.shares(chance.int(1, 900))}</div>
</article><section class="comments"><h2>${of.comments(chance.int(0, 300))}</h2></section></main>
<aside><h2>${of.readMore}</h2><ol>${related()}</ol><div class="banner">${offer()}</div></aside>
<footer>${chance.int(1, 99_999)} online</footer></body></html>`;
}

function markup({ kind, text }: Paragraph): string {
  if (kind === "h2") return `<h2>${escape(text)}</h2>`;
  if (kind === "quote") return `<blockquote><p>${escape(text)}</p></blockquote>`;
  return `<p>${escape(text)}</p>`;
}
