/** The part of the driver's internal class that `mongo-client.ts` mends. */
declare module "mongodb/lib/cmap/connection.js" {
  import type { Socket } from "node:net";

  export class Connection {
    closed: boolean;
    socket: Socket;
    cleanup(error: Error): void;
  }
}
