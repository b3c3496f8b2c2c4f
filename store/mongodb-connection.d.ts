/** The part of the driver's internal class that `mongo-client.ts` mends. */
declare module "mongodb/lib/cmap/connection.js" {
  import type { EventEmitter } from "node:events";

  export class Connection extends EventEmitter {
    closed: boolean;
    error: Error | null;
    writeCommand(...command: unknown[]): Promise<void>;
  }
}
