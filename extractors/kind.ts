import type { PageKind } from "../model/article.ts";
import { isArticle, typesOf } from "./jsonld.ts";
import type { Page } from "./page.ts";

/** What the kind of a page is judged by, besides the page itself. */
export interface KindInput {
  title: string | null;
  words: number;
  /** All text that a reader sees, from the start. */
  visible: string;
  /** Share of the visible text that is links. */
  links: number;
  free: boolean | null;
}

interface Kind {
  kind: PageKind;
  confidence: number;
  when: (page: Page, input: KindInput) => boolean;
}

const ERROR_TITLE =
  /^\s*(?:error\s*)?(?:40[0-9]|410|50[0-9])\b|page (?:could )?not (?:be )?found|not found|seite (?:wurde )?nicht gefunden|page (?:introuvable|non trouvée)|página no encontrada|pagina non trovata|страница не найдена|页面不存在|ページが見つかりません|access denied|forbidden|service unavailable|bad gateway|server error/i;
const CAPTCHA =
  /verify (?:that )?you are (?:a )?human|are you a robot|i'?m not a robot|checking your browser|just a moment\.\.\.|enable javascript and cookies to continue|unusual traffic|please complete the security check|captcha|ddos protection by|attention required!/i;
const CONSENT =
  /(?:before you continue|we (?:value|respect) your privacy|cookie (?:settings|preferences|consent)|accept all cookies|alle akzeptieren|cookies? akzeptieren|tout accepter|accepter les cookies|aceptar (?:todas )?las cookies|accetta (?:tutti )?i cookie)/i;
/** Words of consent pages that articles about data protection use as well. */
const CONSENT_WORD = /consent|zustimmung|einwilligung/i;
const LOGIN =
  /^(?:log ?in|sign ?in|anmelden|einloggen|connexion|iniciar sesión|accedi|вход|登录|ログイン)\b|password|passwort|mot de passe|contraseña/i;

/** Kinds that are told from articles, in the order in which they are tried. */
const KINDS: Kind[] = [
  {
    kind: "captcha",
    confidence: 0.9,
    when: (page, { words, visible, title }) =>
      words < 120 && CAPTCHA.test(`${title} ${visible.slice(0, 1500)}`) && !hasArticleMarkup(page),
  },
  {
    kind: "error",
    confidence: 0.9,
    when: (page, { words, title }) =>
      words < 150 && ERROR_TITLE.test(title ?? "") && !hasArticleMarkup(page),
  },
  { kind: "app-shell", confidence: 0.85, when: isAppShell },
  {
    kind: "consent",
    confidence: 0.8,
    when: (page, { words, visible }) =>
      words < 250 &&
      visible.length < 6000 &&
      (CONSENT.test(visible.slice(0, 800)) ||
        (words < 80 && CONSENT_WORD.test(visible.slice(0, 800)))) &&
      !hasArticleMarkup(page) &&
      page.tags("h1").length < 2 &&
      page.tags("p").length < 20,
  },
  {
    kind: "login",
    confidence: 0.8,
    when: (page, { words, title, visible }) =>
      words < 80 &&
      page.tags("input").some((tag) => tag.attribs["type"] === "password") &&
      LOGIN.test(`${title ?? ""} ${visible.slice(0, 600)}`),
  },
  {
    kind: "paywall",
    confidence: 0.8,
    when: (page, { words, free }) => free === false && words < 120 && hasArticleMarkup(page),
  },
  {
    kind: "video",
    confidence: 0.75,
    when: (page, { words }) =>
      words < 100 &&
      (page.meta("og:type").some((type) => type.startsWith("video")) ||
        (page.ld.some((node) => typesOf(node).includes("VideoObject")) && !hasArticleMarkup(page))),
  },
  {
    kind: "gallery",
    confidence: 0.75,
    when: (page, { words }) =>
      words < 100 &&
      page.ld.some((node) => typesOf(node).some((type) => /ImageGallery|MediaGallery/.test(type))),
  },
  {
    kind: "home",
    confidence: 0.85,
    when: (page, { links }) => isHome(page.url) && !page.article && links > 0.2,
  },
  { kind: "listing", confidence: 0.75, when: isListing },
];

/** What kind of page it is; `article` unless something else speaks louder. */
export function pageKind(page: Page, input: KindInput): { kind: PageKind; confidence: number } {
  for (const { kind, confidence, when } of KINDS)
    if (when(page, input)) return { kind, confidence };
  if (input.title && input.words >= 25) {
    return {
      kind: "article",
      confidence: hasArticleMarkup(page) ? 0.98 : input.words > 150 ? 0.9 : 0.6,
    };
  }
  if (input.words < 25 && hasArticleMarkup(page) && input.title)
    return { kind: "article", confidence: 0.4 };
  return { kind: "listing", confidence: 0.4 };
}

function hasArticleMarkup(page: Page): boolean {
  return (
    page.article !== null ||
    page.meta("og:type").some((type) => /article|blog/i.test(type)) ||
    page.props("articlebody").length > 0
  );
}

function isHome(url: string): boolean {
  return (
    URL.canParse(url) &&
    /^\/(?:[a-z]{2}(?:-[a-z]{2})?\/?|index\.\w+|home\/?)?$/i.test(new URL(url).pathname) &&
    !new URL(url).search
  );
}

function isAppShell(page: Page, { words, visible }: KindInput): boolean {
  if (words >= 40 || visible.length > 600) return false;
  const scripts = page
    .tags("script")
    .filter((tag) => tag.attribs["src"] || /module/.test(tag.attribs["type"] ?? ""));
  const roots = page.tree.tags.filter(
    (tag) =>
      /^(?:root|app|__next|__nuxt|svelte|application|main-app)$/i.test(tag.attribs["id"] ?? "") ||
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

function isListing(page: Page, { words, links }: KindInput): boolean {
  if (page.ld.some(isArticle) && page.article?.["articleBody"]) return false;
  const named = page.ld.some((node) =>
    typesOf(node).some((type) => /^(?:CollectionPage|SearchResultsPage|ItemList)$/.test(type)),
  );
  if (page.meta("og:type").some((type) => /article/i.test(type)) || page.article) return false;
  const cards = page.tags("article").length;
  return (named && words < 150) || (cards >= 4 && words < 120) || (links > 0.6 && words < 100);
}
