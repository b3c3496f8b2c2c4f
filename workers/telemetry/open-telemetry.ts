import {
  type Context,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";

import type { Trace, Tracer } from "../../config/telemetry/tracer.ts";

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
