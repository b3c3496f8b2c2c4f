import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface CountingProxy {
  url: string;
  /** Number of round trips so far, by command and collection, such as `find articles`. */
  counts(): Map<string, number>;
  close(): Promise<void>;
}

/** They keep connections alive and don't belong to the pipeline. */
const UPKEEP_COMMANDS = new Set(["hello", "isMaster", "ismaster", "ping", "endSessions"]);
/**
 * An OP_MSG begins with a header of 16 bytes, whose first field is the message's length. Flags (4
 * bytes), the kind of the section (1 byte) and the document follow.
 */
const HEADER_BYTES = 16;
const DOCUMENT_OFFSET = HEADER_BYTES + 4 + 1;
const OP_MSG = 2013;

export async function countingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target);
  const counts = new Map<string, number>();
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    const seen = reader((command) => counts.set(command, (counts.get(command) ?? 0) + 1));
    client.on("data", seen);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.setNoDelay(true).pipe(other);
      one.once("error", () => other.destroy()).once("close", () => open.delete(one));
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  const own = bound !== null && typeof bound === "object" ? bound.port : 0;
  return {
    url: `mongodb://127.0.0.1:${own}/?directConnection=true`,
    counts: () => counts,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function reader(tell: (command: string) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= HEADER_BYTES && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      const command = commandIn(rest.subarray(0, length));
      if (command) tell(command);
      rest = rest.subarray(length);
    }
  };
}

/**
 * The command and the collection, such as `find articles`, are the name and the value of the first
 * element of the message's document. Null if the message isn't an OP_MSG, or if the command only
 * keeps a connection alive.
 */
function commandIn(message: Buffer): string | null {
  if (message.readInt32LE(12) !== OP_MSG) return null;
  const at = DOCUMENT_OFFSET + 4;
  const isText = message[at] === 2;
  const end = message.indexOf(0, at + 1);
  const name = message.toString("latin1", at + 1, end);
  if (UPKEEP_COMMANDS.has(name)) return null;
  const collection = isText ? message.toString("utf8", end + 5, message.indexOf(0, end + 5)) : "";
  return `${name} ${collection}`.trim();
}
