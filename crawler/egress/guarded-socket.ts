import { connect, isIP, type Socket } from "node:net";
import { EgressRefused, type Guard } from "./guard.ts";
import { hostName } from "./hosts-file.ts";

/**
 * A plain TCP connection through the guard: names by its lookup, literals by its rules, and the
 * address connected to checked once more. Rejects with `EgressRefused` or the socket's error.
 */
export function openSocket(guard: Guard, target: { host: string; port: number }): Promise<Socket> {
  const host = hostName(target.host);
  return new Promise((resolve, reject) => {
    if (isIP(host) && !guard.allowed(host, target.port)) {
      return reject(new EgressRefused(`egress refused: ${host} port ${target.port}`));
    }
    const socket = connect({ host, port: target.port, lookup: guard.lookupFor(target.port) });
    const timer = setTimeout(() => socket.destroy(new Error("connect timed out")), 8000);
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once("connect", () => {
      clearTimeout(timer);
      const address = socket.remoteAddress ?? "";
      if (guard.allowed(address, target.port)) return resolve(socket);
      socket.destroy();
      reject(new EgressRefused(`egress refused: ${host} is ${address}, port ${target.port}`));
    });
  });
}
