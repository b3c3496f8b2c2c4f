import { createSocket } from "node:dgram";
import { once } from "node:events";

/** What a name server answers for a name and family: addresses, a failure, or nothing at all. */
export type Zone = (name: string, family: 4 | 6) => string[] | "absent" | "failed" | "silent";

const FLAGS = { found: 0x8180, absent: 0x8183, failed: 0x8182 };

/** Starts a name server on a free UDP port of the loopback; `asked` lists the requested names in order. */
export async function startNameServer(zone: Zone) {
  const requests: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const labels: string[] = [];
    let at = 12;
    for (let size = query[at] ?? 0; size > 0; size = query[at] ?? 0) {
      labels.push(query.toString("latin1", at + 1, at + 1 + size));
      at += size + 1;
    }
    const name = labels.join(".").toLowerCase();
    const family = query.readUInt16BE(at + 1) === 28 ? 6 : 4;
    requests.push(name);
    const addresses = zone(name, family);
    if (addresses === "silent") return;
    const records =
      typeof addresses === "string" ? [] : addresses.map((address) => record(address, family));
    const head = Buffer.from(query.subarray(0, 12));
    head.writeUInt16BE(typeof addresses === "string" ? FLAGS[addresses] : FLAGS.found, 2);
    for (const [index, count] of [records.length, 0, 0].entries())
      head.writeUInt16BE(count, 6 + 2 * index);
    socket.send(
      Buffer.concat([head, query.subarray(12, at + 5), ...records]),
      from.port,
      from.address,
    );
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    requests,
    close: () => new Promise<void>((done) => void socket.close(done)),
  };
}

/** Returns a resource record for the requested name, with a TTL of 0. */
function record(address: string, family: 4 | 6): Buffer {
  const data =
    family === 4
      ? Buffer.from(address.split(".").map(Number))
      : Buffer.from(
          address
            .split(":")
            .map((part) => part.padStart(4, "0"))
            .join(""),
          "hex",
        );
  const head = Buffer.from([0xc0, 12, 0, family === 4 ? 1 : 28, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}
