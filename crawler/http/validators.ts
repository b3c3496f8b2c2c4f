import type { Link, LinkKind, Validators } from "../../model/crawl/link.ts";

type ConditionalLink = Pick<Link, "kind" | "hops" | "validators" | "notModified" | "audits">;

/** 304s in a row, then one request without validators; instead of a conditional one, so it costs no more requests. */
const AUDIT = 10;
/** The same where no audit has shown yet that the server's word is good. */
const EARLY = 3;
/** An article has few looks. */
const ARTICLE = 3;
/** Audits in a row that make a server's word good. */
const GOOD = 2;

/** What a request for a link carries: its validators, or none when they don't hold or are audited. */
export function validatorsFor(link: ConditionalLink, trusted: boolean): Validators {
  // Hops lead elsewhere: validators belong to the address that gave them.
  return trusted && link.hops.length === 0 && !isAudit(link) ? link.validators : {};
}

function isAudit({ kind, notModified, audits }: ConditionalLink): boolean {
  if (audits?.doubted) return false;
  return notModified >= every(kind, audits?.passed ?? 0);
}

function every(kind: LinkKind, passed: number): number {
  if (kind === "article") return ARTICLE;
  return passed < GOOD ? EARLY : AUDIT;
}

/** What a fetched page tells about its earlier validators. */
export interface Verdict {
  set: Required<Pick<Link, "validators" | "audits">>;
  /** The proof that they don't hold, in words; null when there is none. */
  proof: string | null;
}

/**
 * Judges validators by a page that came with `got`, `changed` or not since the one that gave those of
 * the link. The same ones for other content prove a lie. Where an audit found other content with other
 * validators, it may just have changed: the old ones are sent once more, and a 304 to them is proof.
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

/** What a 304 tells about the validators that it answers. */
export function judgeNotModified(
  link: ConditionalLink,
): { audits: NonNullable<Link["audits"]>; proof: string } | null {
  if (!link.audits?.doubted) return null;
  const proof = `304 to ${nameOf(link.validators)}, whose content is another since an audit`;
  return { audits: { passed: 0, doubted: false }, proof };
}

/** Whether two answers carry the same validators; the ETag decides where both have one (RFC 9110 section 13.2.2). */
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
