import type { Link, LinkKind, Validators } from "../../model/crawl/link.ts";

type ConditionalLink = Pick<Link, "kind" | "hops" | "validators" | "notModified" | "audits">;

/**
 * Number of 304s in a row before an audit. An audit is a request without validators, to find new
 * content that the 304s conceal.
 */
const AUDIT_INTERVAL = 10;
const EARLY_AUDIT_INTERVAL = 3;
/**
 * Number of 304s after which an article is requested without validators. It is low, because an
 * article is fetched only a few times.
 */
const ARTICLE_AUDIT_INTERVAL = 3;
const MIN_PASSED_AUDITS = 2;

export function validatorsFor(link: ConditionalLink, trusted: boolean): Validators {
  // Validators belong to the URL that sent them, not to a redirect's target.
  return trusted && link.hops.length === 0 && !isAudit(link) ? link.validators : {};
}

function isAudit({ kind, notModified, audits }: ConditionalLink): boolean {
  if (audits?.doubted) return false;
  return notModified >= auditInterval(kind, audits?.passed ?? 0);
}

function auditInterval(kind: LinkKind, passed: number): number {
  if (kind === "article") return ARTICLE_AUDIT_INTERVAL;
  return passed < MIN_PASSED_AUDITS ? EARLY_AUDIT_INTERVAL : AUDIT_INTERVAL;
}

/** The judgement about a link's stored validators, and the fields to store in the link (`set`). */
export interface Verdict {
  set: Required<Pick<Link, "validators" | "audits">>;
  /** The evidence that the stored validators are unreliable; null if there is none. */
  proof: string | null;
}

/**
 * Judges a link's stored validators by a response with content; `changed` says whether the content
 * is new. Validators that stay the same for new content are unreliable. If an audit finds new
 * content with new validators, the next request sends the old validators once more. If the server
 * answers that request with a 304, its validators are unreliable.
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

/** After a 304, returns the proof that the link's validators are unreliable, or null. */
export function judgeNotModified(
  link: ConditionalLink,
): { audits: NonNullable<Link["audits"]>; proof: string } | null {
  if (!link.audits?.doubted) return null;
  const proof = `answered 304 to ${nameOf(link.validators)}, although an audit found other content`;
  return { audits: { passed: 0, doubted: false }, proof };
}

/**
 * Whether the ETags are equal. If an ETag is missing, whether the values of `Last-Modified` are
 * equal (RFC 9110 section 13.2.2).
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
