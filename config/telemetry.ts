type Attributes = Record<string, string | number>;

/** A point in a trace that can be the parent of spans. */
export interface Trace {
  /** Runs work in a span, and returns the result. Spans inside it use `inner` as their parent. */
  span<T>(name: string, attributes: Attributes, work: (inner: Trace) => Promise<T>): Promise<T>;
  /** Records a span that has already ended. */
  note(name: string, attributes: Attributes, times: { from: Date; to: Date }): void;
}

/** Returns the trace with this id. `model/crawl/outcome.ts` makes the ids. */
export type Tracer = (traceId: string) => Trace;

/** The timed stages of an article: the metric label `stage`, and what each value measures. */
export const STAGES = {
  fetch: "a response, until its last byte; the time starts when the host's pace allows the request",
  render: "a page, until it is rendered; the time starts when the host's pace allows the request",
  discover: "an entry point's links: waiting for a parser thread, and reading them",
  extract: "an article's page: waiting for a parser thread, reading all fields, classifying",
  classify: "topics, place, language and relevance of an article; part of extract",
  commit: "a page: waiting until its batch is complete, and storing the batch",
  store: "a batch of pages: writing everything to the database; part of commit",
  dedupe: "a batch of articles: finding their copies and stories; part of store",
  publish: "a batch of changes: giving each its place in the stream",
} as const;

export type Stage = keyof typeof STAGES;

/** Runs and times the work of a stage. Each call of `restart` starts the clock again. */
export type TimeStage = <T>(stage: Stage, work: (restart: () => void) => Promise<T>) => Promise<T>;

export const untimed: TimeStage = (_stage, work) => work(() => {});
