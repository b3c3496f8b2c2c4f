import {
  type Context,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import type { Trace, Tracer } from "../../config/telemetry.ts";

/** One monotonic clock gives all times; by default, spans mix two clocks. */
const epochMs = () => performance.timeOrigin + performance.now();

/** Returns a tracer. All spans of a run have a common parent, which is never sent. */
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
    // Derived from the trace's id, so that processes needn't exchange the parent's id.
    const root = { traceId, spanId: traceId.slice(0, 16), isRemote: true };
    return within(trace.setSpanContext(ROOT_CONTEXT, { ...root, traceFlags: TraceFlags.SAMPLED }));
  };
}
