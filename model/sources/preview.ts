import type { FieldName } from "../articles/fields.ts";
import type { Capture } from "../crawl/capture.ts";
import type { LinkKind } from "../crawl/link.ts";
import type { SiteDiscovery } from "./site-discovery.ts";

/** A response of a preview, stored so that it can be read again without the network. */
export interface PreviewPage {
  /** The address asked. */
  url: string;
  kind: LinkKind;
  /** As the browser rendered it; missing: as fetched over HTTP. */
  rendered?: true;
  /** Its URL after redirects; null when there was no response. */
  finalUrl: string | null;
  status: number | null;
  headers: Record<string, string>;
  /** Identity bytes, gzipped; null without a body, or where the publisher reserves it. */
  body: Uint8Array | null;
  /** The reservations because of which the body isn't stored. */
  withheld?: NonNullable<Capture["withheld"]>;
  /** Why there was no response. */
  why: { skipped: string; detail: string | null } | { cause: string; detail: string } | null;
}

/** A link that an entry point names, as the first run would deal with it. */
export interface PreviewLink {
  url: string;
  title: string | null;
  /** Why a link is left out; null for one that isn't. */
  reason: string | null;
  detail: string | null;
}

/** A field as it was read, short, with the rule that won. */
export interface PreviewField {
  name: FieldName;
  value: string;
  rule: string;
  confidence: number;
}

/** An article that was fetched for a preview, or why there is none. */
export interface PreviewArticle {
  url: string;
  title: string | null;
  /** Why there is no article, in words; null for one. */
  why: string | null;
  fields: PreviewField[];
  /** Characters of the text. */
  length: number;
  /** Hash of title and text: equal means read alike. */
  contentHash: string | null;
  /** What the publisher reserves of it that holds for us. */
  reserved?: string[];
  publishedAt: Date | null;
  needsBrowser: boolean;
}

/** What speaks against a source. */
export interface PreviewProblem {
  level: "error" | "warning";
  text: string;
}

/** The result of a preview. */
export interface PreviewResult {
  /** `green`: no problem; `amber`: warnings; `red`: nothing would come. */
  verdict: "green" | "amber" | "red";
  problems: PreviewProblem[];
  /** Entry points, each with the articles that it names, or why it can't be read. */
  entries: { url: string; kind: LinkKind; articles: number; why: string | null }[];
  links: PreviewLink[];
  articles: PreviewArticle[];
}

/** An entry point that a discovery has just read: how many articles it names, or why it isn't taken. */
export interface FoundEntryPoint {
  kind: string;
  url: string;
  articles: number;
  why: string | null;
}

/** What a source would bring, found by the code of the runs. An active source keeps it as its regression fixture. */
export interface Preview {
  _id: string;
  /** Id in the declaration; null while there is none. */
  sourceId: string | null;
  /** Version of the source of this id that was watched when the preview was made; missing when there was none. */
  sourceVersion?: number;
  /** The home page that its site was discovered from; null for a given declaration. */
  home: string | null;
  /** The declaration as YAML. */
  yaml: string | null;
  state: "working" | "done" | "failed";
  /** What is being fetched, or why it failed. */
  step: string;
  stepAt: Date;
  at: Date;
  actor: string;
  /** What the discovery of its site has found so far, while it is at work. */
  found?: FoundEntryPoint[];
  siteDiscovery: SiteDiscovery | null;
  result: PreviewResult | null;
  pages: PreviewPage[];
  /** Set when the source was activated by it; the reason where it wasn't green. */
  activated: { at: Date; actor: string; reason: string | null } | null;
  /** When a preview that nobody activated is removed. */
  expiresAt: Date | null;
}
