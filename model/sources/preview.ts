import type { FieldName } from "../articles/fields.ts";
import type { Capture } from "../crawl/capture.ts";
import type { LinkKind } from "../crawl/link.ts";
import type { SiteDiscovery } from "./site-discovery.ts";

/** A page that a preview fetched, stored for extraction without the network. */
export interface PreviewPage {
  url: string;
  kind: LinkKind;
  rendered?: true;
  finalUrl: string | null;
  status: number | null;
  headers: Record<string, string>;
  /** The decoded body in gzip; null if missing, too large or not allowed to be stored. */
  body: Uint8Array | null;
  withheld?: NonNullable<Capture["withheld"]>;
  /** Why there was no response; null if there was one. */
  why: { skipped: string; detail: string | null } | { cause: string; detail: string } | null;
}

/** A link in an entry point, and whether the first run would skip it. */
export interface PreviewLink {
  url: string;
  title: string | null;
  reason: string | null;
  detail: string | null;
}

/** The value of a field, shortened, and the rule that read it. */
export interface PreviewField {
  name: FieldName;
  value: string;
  rule: string;
  confidence: number;
}

/** An article link that a preview fetched: the article, or why there is none. */
export interface PreviewArticle {
  url: string;
  title: string | null;
  why: string | null;
  fields: PreviewField[];
  /** Number of characters of the text. */
  length: number;
  /** Hash of title and text, to notice when they change; null if there is no article. */
  contentHash: string | null;
  /** Names of the publisher's reservations that apply to Newsgather; missing if there are none. */
  reserved?: string[];
  publishedAt: Date | null;
  needsBrowser: boolean;
}

/** A problem that a preview found. With an `error`, the source would find nothing. */
export interface PreviewProblem {
  level: "error" | "warning";
  text: string;
}

export interface PreviewResult {
  /** `amber`: only warnings; `red`: an error, so the source would find nothing. */
  verdict: "green" | "amber" | "red";
  problems: PreviewProblem[];
  /** Entry points with their numbers of articles, or why they can't be read. */
  entries: { url: string; kind: LinkKind; articles: number; why: string | null }[];
  links: PreviewLink[];
  articles: PreviewArticle[];
}

/** An entry point that a running site discovery has read; `why` says why it isn't used. */
export interface FoundEntryPoint {
  kind: string;
  url: string;
  articles: number;
  why: string | null;
}

/**
 * What a source would find, determined by the same code as its runs. An active source keeps its
 * preview as a regression fixture.
 */
export interface Preview {
  _id: string;
  sourceId: string | null;
  /** The version that the declaration would replace; missing if no active source has its id. */
  sourceVersion?: number | undefined;
  /** The home page where site discovery started; null if a declaration was previewed. */
  home: string | null;
  proxy?: string | undefined;
  /** The declaration of the source as YAML; null until there is one. */
  yaml: string | null;
  state: "working" | "done" | "failed";
  /** What is being fetched (`working`), the verdict (`done`), or why it failed (`failed`). */
  step: string;
  stepAt: Date;
  at: Date;
  actor: string;
  /** What the site discovery has found so far; present only while the site discovery is running. */
  found?: FoundEntryPoint[];
  siteDiscovery: SiteDiscovery | null;
  result: PreviewResult | null;
  pages: PreviewPage[];
  /** The source's activation from this preview; `reason` is null if none was required. */
  activated: { at: Date; actor: string; reason: string | null } | null;
  /** When the preview is removed; null if it was activated. */
  expiresAt: Date | null;
}

/** After this time, a step counts as dead. Waiting for a browser takes up to two minutes. */
export const PREVIEW_STEP_TIMEOUT_MS = 10 * 60_000;

export function failIfDead<Stored extends Pick<Preview, "state" | "step" | "stepAt">>(
  preview: Stored,
  now: Date,
): Stored {
  const { state, step, stepAt } = preview;
  const isDead = state === "working" && now.getTime() - stepAt.getTime() > PREVIEW_STEP_TIMEOUT_MS;
  if (!isDead) return preview;
  return {
    ...preview,
    state: "failed",
    step: `the process that ran this preview ended too early; last step: ${step}`,
  };
}
