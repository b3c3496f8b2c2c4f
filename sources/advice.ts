import type { PageKind } from "../model/articles/fields.ts";
import type { Link } from "../model/crawl/link.ts";
import { type Cause, DETAILS, type SkipReason } from "../model/crawl/outcome.ts";

type Subject = Pick<Link, "_id" | "foundUrl" | "sourceId" | "host" | "detail">;

type Advice = (link: Subject) => string;

const NOTHING = "nothing: ";

/** Returns what an operator can do about a link that was skipped or failed. */
export function adviceOn(reason: SkipReason | Cause, link: Subject): string {
  return ADVICE[reason](link);
}

const again = ({ _id }: Subject) => `newsgather dead-letters replay ${_id}`;

const ON_PAYWALL: Advice = ({ sourceId }) =>
  `set "login" in the source ${sourceId} if you have a subscription`;

const ADVICE: Record<SkipReason | Cause, Advice> = {
  robots: () => "ask the publisher for access, or use a URL that robots.txt allows, such as a feed",
  "robots-unreachable": ({ host }) =>
    `wait until robots.txt is fetched again; run newsgather hosts ${host} to see when`,
  "not-modified": () => `${NOTHING}the stored article is up to date`,
  filtered: ({ sourceId }) => `change "include" or "exclude" in the source ${sourceId}`,
  "off-site": ({ sourceId }) => `add the host of the URL to "allowHosts" in the source ${sourceId}`,
  duplicate: () => `${NOTHING}readers see the article at its other URL`,
  "too-old": ({ sourceId }) => `newsgather backfill ${sourceId} --since DATE`,
  "too-large": () =>
    `${NOTHING}pages of this size are not read; a print version or a feed may be smaller`,
  "too-many": () => "wait for the next run, which continues from there",
  "unsupported-type": () => `${NOTHING}only pages, PDF files and feeds are read`,
  blocked: () => "ask the publisher for access; do not try to get around the block",
  consent: () => "ask the publisher for a feed, or for access without a consent page",
  "not-article": onPage,
  paywall: ON_PAYWALL,
  advert: () => `${NOTHING}advertisements aren't stored`,
  gone: ({ foundUrl }) =>
    `open the URL in a browser; if the page exists, newsgather fetch ${foundUrl} shows what Newsgather receives`,
  withdrawn: () => `${NOTHING}the publisher has retracted the article`,
  reserved: ({ foundUrl }) =>
    `ask the publisher for permission; newsgather try ${foundUrl} shows what is reserved`,
  erased: () => `${NOTHING}newsgather audit shows who erased the article, and why`,
  purged: () => "NEWSGATHER_KEEP_ARTICLES sets how long articles are stored",
  "bad-url": () => `${NOTHING}only http(s) URLs of at most 4,096 characters are fetched`,
  "egress-refused": ({ host }) =>
    `add the network of ${host} to NEWSGATHER_ALLOW_NETWORKS if you trust that network`,

  dns: (link) => `check the spelling of ${link.host}, then ${again(link)}`,
  connect: (link) => `check whether ${link.host} answers other machines, then ${again(link)}`,
  tls: (link) => `tell the publisher that TLS with ${link.host} fails, then ${again(link)}`,
  timeout: (link) => `wait until ${link.host} is faster, then ${again(link)}`,
  reset: (link) => `newsgather hosts ${link.host} shows more; then ${again(link)}`,
  "too-many-requests": (link) =>
    `raise pace.delay in the source ${link.sourceId}, then ${again(link)}`,
  "server-error": (link) => `wait until the publisher has repaired the server, then ${again(link)}`,
  "bad-response": (link) =>
    `newsgather fetch ${link.foundUrl} --headers shows the response; then ${again(link)}`,
  "redirect-loop": (link) =>
    `newsgather fetch ${link.foundUrl} --headers shows the redirects; then ${again(link)}`,
  browser: (link) =>
    `newsgather try ${link.foundUrl} --browser shows the error; then ${again(link)}`,
  login: (link) =>
    `newsgather sources validate lists missing secrets; renew the secret of ${link.sourceId}, then ${again(link)}`,
  proxy: (link) => `check the proxy of ${link.sourceId}, then ${again(link)}`,
  parse: (link) => `newsgather try ${link.foundUrl} shows what can be read; then ${again(link)}`,
  store: (link) => `newsgather doctor checks the database; then ${again(link)}`,
  poison: (link) =>
    `report to the developers that ${link.foundUrl} crashes workers; then ${again(link)}`,
  unknown: (link) => `newsgather try ${link.foundUrl} shows the error; then ${again(link)}`,
};

const ON_PAGE: Record<PageKind, Advice> = {
  article: ({ foundUrl, sourceId }) =>
    `newsgather try ${foundUrl} --source ${sourceId} shows what was read; then newsgather sources select ${sourceId} text`,
  listing: ({ foundUrl, sourceId }) =>
    `if the page is a list, add its URL to "listings" in the source ${sourceId}; if it is an article, run newsgather try ${foundUrl} --explain`,
  home: ({ sourceId }) =>
    `${NOTHING}the page is a home page; "exclude" in the source ${sourceId} hides such pages`,
  error: ({ foundUrl }) =>
    `${NOTHING}the page shows an error; newsgather fetch ${foundUrl} prints the page`,
  login: ({ sourceId }) => `set "login" in the source ${sourceId} if you have an account`,
  paywall: ON_PAYWALL,
  consent: () => "ask the publisher for a feed, or for access without a consent page",
  captcha: () => "ask the publisher for access; do not try to get around the captcha",
  video: ({ sourceId }) =>
    `${NOTHING}the page has a video but no text; "exclude" in the source ${sourceId} hides such pages`,
  gallery: ({ sourceId }) =>
    `${NOTHING}the page has pictures but no text; "exclude" in the source ${sourceId} hides such pages`,
  "app-shell": ({ sourceId }) =>
    `a script writes the text of the page: set render: browser in the source ${sourceId}`,
};

function onPage(link: Subject): string {
  const { detail, sourceId, foundUrl } = link;
  if (detail === DETAILS.noText || detail === null) return ON_PAGE.article(link);
  if (Object.hasOwn(ON_PAGE, detail)) return ON_PAGE[detail as PageKind](link);
  if (detail === DETAILS.signedOut) return ON_PAGE.login(link);
  if (detail.startsWith(DETAILS.redirectsHome)) {
    return `${NOTHING}the URL redirects to the home page, as sites do when a page is gone`;
  }
  // An unreadable file, whose detail already says why.
  return `${NOTHING}no selector can read this page; newsgather try ${foundUrl} --source ${sourceId} shows what was returned`;
}
