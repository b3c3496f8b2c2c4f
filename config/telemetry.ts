/** The attributes of a span. */
type Attributes = Record<string, string | number>;

/** A place in a trace, which spans can have as their parent. */
export interface Trace {
  /** Does work as a span; spans within it get `inner` as their parent. */
  span<T>(name: string, attributes: Attributes, work: (inner: Trace) => Promise<T>): Promise<T>;
  /** Keeps a span that is over. */
  note(name: string, attributes: Attributes, times: { from: Date; to: Date }): void;
}

/** The trace with an id, see `model/trace.ts`. */
export type Tracer = (traceId: string) => Trace;

const SILENT: Trace = { span: (_name, _attributes, work) => work(SILENT), note() {} };

/** Keeps nothing. */
export const silentTracer: Tracer = () => SILENT;

/** What takes time on an article's way: the values of the label `stage`, and what each measures. */
export const STAGES = {
  fetch: "a page, from when the host's pace allows the request to the last byte",
  render: "a page, from when the host's pace allows the request to the rendered page",
  discover: "an entry point: waiting for a parser thread, and reading its links",
  extract: "an article's page: waiting for a parser thread, reading all fields, classifying",
  classify: "topics, place, language and relevance of an article; part of extract",
  commit: "a page: waiting for the batch that it is stored with, and storing it",
  store: "a batch of pages: everything that is written of it; part of commit",
  dedupe: "a batch of articles: finding their copies and stories; part of store",
  publish: "a batch of changes: giving each its place in the stream",
} as const;

export type Stage = keyof typeof STAGES;

/** Runs a stage's work; its clock starts again when the work calls `restart`. */
export type TimeStage = <T>(stage: Stage, work: (restart: () => void) => Promise<T>) => Promise<T>;

/** Times nothing. */
export const untimed: TimeStage = (_stage, work) => work(() => {});
