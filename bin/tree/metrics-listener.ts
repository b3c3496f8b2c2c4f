import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { AggregatorRegistry, type MetricObject, Registry } from "prom-client";

export interface Watched {
  metrics(): Promise<MetricObject[][]>;
  problems(): Promise<string[]>;
}

/** Serves `/healthz`, `/readyz` (503 with a reason) and `/metrics`. They expose no stored data. */
export async function listenForMetrics(
  { host, port }: { host: string; port: number },
  watched: Watched,
): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    answer(request.url ?? "/", watched).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, { status: 500, body: `${String(error)}\n` }),
    );
  });
  server.listen(port, host);
  await once(server, "listening");
  return async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
}

interface Answer {
  status: number;
  body: string;
  type?: string;
}

async function answer(url: string, watched: Watched): Promise<Answer> {
  const [path = "/"] = url.split("?");
  switch (path) {
    case "/healthz":
      return { status: 200, body: "ok\n" };
    case "/readyz": {
      const problems = await watched.problems();
      if (problems.length === 0) return { status: 200, body: "ready\n" };
      return { status: 503, body: `${problems.join("\n")}\n` };
    }
    case "/metrics":
      return {
        status: 200,
        body: await AggregatorRegistry.aggregate(await watched.metrics()).metrics(),
        type: Registry.PROMETHEUS_CONTENT_TYPE,
      };
    default:
      return { status: 404, body: "only /healthz, /readyz and /metrics are available here\n" };
  }
}

function send(response: ServerResponse, { status, body, type }: Answer): void {
  response.writeHead(status, {
    "content-type": type ?? "text/plain; charset=utf-8",
    "cache-control": "no-store",
  });
  response.end(body);
}
