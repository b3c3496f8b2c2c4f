import { silentTracer, type Tracer } from "../../config/telemetry.ts";
import { CommandError } from "../../lib/exit.ts";
import type { ReleaseStack } from "../../lib/stack.ts";

/** Optional peers: they are for those who collect traces. */
const PEERS = {
  sdk: "@opentelemetry/sdk-trace-base@2.12.1",
  exporter: "@opentelemetry/exporter-trace-otlp-http@0.223.1",
  resources: "@opentelemetry/resources@2.12.1",
};

type Sdk = typeof import("@opentelemetry/sdk-trace-base");
type Exporter = typeof import("@opentelemetry/exporter-trace-otlp-http");
type Resources = typeof import("@opentelemetry/resources");

/**
 * Sends traces to an OpenTelemetry collector (OTLP over HTTP), until the stack is closed; keeps none where no
 * address is given. Throws `CommandError` where OpenTelemetry's SDK isn't installed.
 */
export async function openTracer(url: string | null, stack: ReleaseStack): Promise<Tracer> {
  if (!url) return silentTracer;
  const { BasicTracerProvider, BatchSpanProcessor } = await load<Sdk>(PEERS.sdk);
  const { OTLPTraceExporter } = await load<Exporter>(PEERS.exporter);
  const { resourceFromAttributes } = await load<Resources>(PEERS.resources);
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": "newsgather" }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url }))],
  });
  const { createTracer } = await import("../../workers/runtime/open-telemetry.ts");
  stack.add("traces", () => provider.shutdown());
  return createTracer(provider);
}

async function load<Peer>(peer: string): Promise<Peer> {
  try {
    return (await import(peer.slice(0, peer.lastIndexOf("@")))) as Peer;
  } catch (error) {
    const hint = `npm install --no-save --save-optional ${Object.values(PEERS).join(" ")}`;
    throw new CommandError("usage", `NEWSGATHER_TRACES needs OpenTelemetry's SDK: ${hint}`, {
      cause: error,
    });
  }
}
