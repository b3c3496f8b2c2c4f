import type { Body, Capture } from "../../model/crawl/capture.ts";
import type {
  IndexState,
  Miss,
  Piece,
  SearchAnswer,
  SearchRequest,
} from "../../model/publish/search.ts";
import type { Delivery, Subscriber } from "../../model/publish/subscriber.ts";

/** What the API needs to hand out captures; made in `bin`. */
export interface CaptureActions {
  /** The keys under which captures of an address are kept. */
  keysOf(url: string): string[];
  /** The bytes as they came. */
  bytesOf(capture: Capture, body: Body): Promise<Uint8Array>;
}

/** What the API needs to have exports written and handed out; made in `bin`. */
export interface ExportActions {
  /** Where their files lie, in a folder of their id. */
  folder: string;
  /** Has those that are due begun now rather than soon. */
  begin(): void;
}

/** What the API and the portal do with the search index. */
export interface SearchActions {
  /** Throws `QueryProblem`. */
  find(request: SearchRequest): Promise<SearchAnswer>;
  /** Words of a query that no article has. Throws `QueryProblem`. */
  misses(request: { query: string; all: boolean }): Promise<Miss[]>;
  state(): Promise<IndexState>;
  /** Cuts a text into what was searched for and what stands between. */
  mark(text: string, language: string | null, marks: readonly string[]): Piece[];
}

/** Who asks for something, and why. */
export interface SourceAsking {
  by: string;
  reason: string;
}

/** A declaration, or a part of one, as a source's file has it. */
export type Declaration = Readonly<Record<string, unknown>>;

/** What is done with sources: the same that commands and the operators' pages do, with its audit entries. */
export interface SourceActions {
  /** Writes the file of a new source and watches it; throws a problem for a mistake, or where there is one of its id. */
  addSource(declaration: Declaration, asked: SourceAsking): Promise<void>;
  /** Changes fields of a source, in its file too, whose comments stay; `null` removes one (RFC 7396). */
  changeSource(id: string, patch: Declaration, asked: SourceAsking): Promise<void>;
  hold(id: string, asked: SourceAsking, until?: Date): Promise<string>;
  resume(id: string, asked: SourceAsking): Promise<string>;
  /** Begins a preview of a site or a declaration in YAML; returns its id. */
  preview(
    what: { home: string; proxy?: string | undefined } | { yaml: string },
    by: string,
  ): Promise<string>;
}

/** What webhooks need of the way out; made in `bin`. */
export interface WebhookActions {
  /** Why an address is refused, in words; null when it may be tried. */
  refusal(url: string): string | null;
  /** Sends a message that only asks whether somebody is there. */
  test(subscriber: Subscriber): Promise<Delivery>;
  /** What was sent, made again; null where its change is no longer kept. */
  body(delivery: Delivery): Promise<{ body: string; same: boolean } | null>;
}
