import type { Link, LinkKind, Validators } from "../../model/crawl/link.ts";

type ConditionalLink = Pick<Link, "kind" | "hops" | "validators" | "notModified" | "audits">;

/**
 * Number of consecutive 304s after which one request is an audit: it is sent without validators, in place of a
 * conditional request.
 */
const AUDIT_EVERY = 10;
/** Number of consecutive 304s before an audit, until audits have shown that the server's validators are reliable. */
const EARLY_AUDIT_EVERY = 3;
/** Number of consecutive 304s before an audit of an article, which is fetched only a few times. */
const ARTICLE_AUDIT_EVERY = 3;
/** Number of consecutive passed audits after which a link is audited less often. */
const RELIABLE_AUDITS = 2;

/**
 * Returns the validators to send for a link; none if they are unreliable, are being audited, or are for the URL
 * before a redirect.
 */
export function validatorsFor(link: ConditionalLink, trusted: boolean): Validators {
  // Validators belong to the URL that sent them, not to a redirect's target.
  return trusted && link.hops.length === 0 && !isAudit(link) ? link.validators : {};
}

function isAudit({ kind, notModified, audits }: ConditionalLink): boolean {
  if (audits?.doubted) return false;
  return notModified >= every(kind, audits?.passed ?? 0);
}

function every(kind: LinkKind, passed: number): number {
  if (kind === "article") return ARTICLE_AUDIT_EVERY;
  return passed < RELIABLE_AUDITS ? EARLY_AUDIT_EVERY : AUDIT_EVERY;
}

/** What a fetched page reveals about the validators stored before it. */
export interface Verdict {
  set: Required<Pick<Link, "validators" | "audits">>;
  /** The evidence that the stored validators are unreliable; null if there is none. */
  proof: string | null;
}

/**
 * Judges a link's stored validators by a new response with the validators `got`. `changed` says whether its content
 * is new. The same validators for new content prove that they are unreliable. If an audit found other content with
 * other validators, the page might just have changed. The old validators are then sent once more, and a 304 to them
 * is proof.
 */
export function judgeValidators(
  link: ConditionalLink,
  { got, changed, trusted }: { got: Validators; changed: boolean; trusted: boolean },
): Verdict {
  const passed = link.audits?.passed ?? 0;
  if (changed && isSame(link.validators, got)) {
    const proof = `${nameOf(got)} belongs to two different contents`;
    return { set: { validators: got, audits: { passed: 0, doubted: false } }, proof };
  }
  const audited = trusted && link.hops.length === 0 && hasAny(link.validators) && isAudit(link);
  if (changed && audited) {
    return { set: { validators: link.validators, audits: { passed, doubted: true } }, proof: null };
  }
  const audits = { passed: audited ? passed + 1 : passed, doubted: false };
  return { set: { validators: got, audits }, proof: null };
}

/**
 * Returns the proof that a link's validators are unreliable: a 304 to validators that an audit has doubted. Null if
 * none has.
 */
export function judgeNotModified(
  link: ConditionalLink,
): { audits: NonNullable<Link["audits"]>; proof: string } | null {
  if (!link.audits?.doubted) return null;
  const proof = `304 to ${nameOf(link.validators)}, whose content is another since an audit`;
  return { audits: { passed: 0, doubted: false }, proof };
}

/**
 * Whether two responses carry the same validators. The ETag decides if both have one (RFC 9110
 * section 13.2.2).
 */
export function isSame(one: Validators, other: Validators): boolean {
  if (one.etag && other.etag) return one.etag === other.etag;
  return !!one.lastModified && one.lastModified === other.lastModified;
}

function hasAny({ etag, lastModified }: Validators): boolean {
  return !!etag || !!lastModified;
}

function nameOf({ etag, lastModified }: Validators): string {
  return (etag ? `ETag ${etag}` : `Last-Modified ${lastModified ?? "none"}`).slice(0, 120);
}
