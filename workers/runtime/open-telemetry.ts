import {
  type Context,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import type { Trace, Tracer } from "../../config/telemetry.ts";

/** Now, in ms since 1970, by one steady clock: left to itself a span begins by another clock than it ends. */
const epochMs = () => performance.timeOrigin + performance.now();

/**
 * Traces by OpenTelemetry. What several processes do for a run hangs on one span that nobody sends, named by the
 * trace's own id: so none has to be told of another's.
 */
export function createTracer(provider: TracerProvider): Tracer {
  const tracer = provider.getTracer("newsgather");
  const within = (context: Context): Trace => ({
    async span(name, attributes, work) {
      const span = tracer.startSpan(name, { attributes, startTime: epochMs() }, context);
      try {
        return await work(within(trace.setSpan(context, span)));
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
        throw error;
      } finally {
        span.end(epochMs());
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
