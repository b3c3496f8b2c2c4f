import type { Body, Capture } from "../../../model/capture.ts";

/** What the API needs to hand out captures; made in `bin`. */
export interface CaptureActions {
  /** The keys under which captures of an address are kept. */
  keysOf(url: string): string[];
  /** The bytes as they came. */
  bytesOf(capture: Capture, body: Body): Promise<Uint8Array>;
}
