/** What is known of a span besides its name and times. */
type Attributes = Record<string, string | number>;

/** A place in a trace, under which spans are kept. */
export interface Trace {
  /** Does work as a span; what is part of it is kept under `inner`. */
  span<T>(name: string, attributes: Attributes, work: (inner: Trace) => Promise<T>): Promise<T>;
  /** Keeps a span that is over. */
  note(name: string, attributes: Attributes, times: { from: Date; to: Date }): void;
}

/** The trace with an id, see `model/trace.ts`. */
export type Tracer = (traceId: string) => Trace;

const SILENT: Trace = { span: (_name, _attributes, work) => work(SILENT), note() {} };

/** Keeps nothing. */
export const silentTracer: Tracer = () => SILENT;

/** What takes time on an article's way; the values of the label `stage`. `docs/observability.md` says what each is. */
export type Stage =
  | "fetch"
  | "render"
  | "discover"
  | "extract"
  | "classify"
  | "commit"
  | "dedupe"
  | "store"
  | "publish";

/** Runs a stage's work; the clock starts anew where the work calls `restart`. */
export type TimeStage = <T>(stage: Stage, work: (restart: () => void) => Promise<T>) => Promise<T>;

/** Times nothing. */
export const untimed: TimeStage = (_stage, work) => work(() => {});
