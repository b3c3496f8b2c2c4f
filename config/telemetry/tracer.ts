/** What is known of a span besides its name and times. */
export type Attributes = Record<string, string | number>;

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
