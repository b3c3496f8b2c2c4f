import {
  type Context,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

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

/**
 * Traces by OpenTelemetry. What several processes do for a run hangs on one span that nobody sends, named by the
 * trace's own id: so none has to be told of another's.
 */
export function createTracer(provider: TracerProvider): Tracer {
  const tracer = provider.getTracer("newsgather");
  const within = (context: Context): Trace => ({
    async span(name, attributes, work) {
      const span = tracer.startSpan(name, { attributes }, context);
      try {
        return await work(within(trace.setSpan(context, span)));
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
        throw error;
      } finally {
        span.end();
      }
    },
    note(name, attributes, { from, to }) {
      tracer.startSpan(name, { attributes, startTime: from }, context).end(to);
    },
  });
  return (traceId) => {
    const root = { traceId, spanId: traceId.slice(0, 16), isRemote: true };
    return within(trace.setSpanContext(ROOT_CONTEXT, { ...root, traceFlags: TraceFlags.SAMPLED }));
  };
}
