import { BOUNDS } from "../../config/bounds/extract.ts";

/** Bytes of one array. */
const MOST_BYTES = BOUNDS.pdf.unpacked;
/** The same once a part was refused: pdf.js would unpack it once more by itself. */
const REST_BYTES = 2 ** 16;

const { Uint8Array: Bytes, DecompressionStream: Unpacking } = globalThis;

/** A part of a file that would take more memory than any part of an honest one. */
export class TooLarge extends RangeError {}

let working = 0;
let refused = false;

const BoundedBytes = new Proxy(Bytes, {
  construct(target, given: unknown[], made) {
    const [size] = given;
    if (typeof size === "number" && size > (refused ? REST_BYTES : MOST_BYTES)) {
      refused = true;
      throw new TooLarge();
    }
    return Reflect.construct(target, given, made) as Uint8Array;
  },
});

/** A `DecompressionStream` that fails at what unpacks to more than an array may hold, and unpacks no further. */
class BoundedUnpacking {
  readonly writable: WritableStream;
  readonly readable: ReadableStream;

  constructor(format: ConstructorParameters<typeof DecompressionStream>[0]) {
    const { writable, readable } = new Unpacking(format);
    let size = 0;
    const bound = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        size += piece.length;
        refused ||= size > MOST_BYTES;
        if (size > MOST_BYTES) controller.error(new TooLarge());
        else controller.enqueue(piece);
      },
    });
    this.writable = writable;
    this.readable = readable.pipeThrough(bound);
  }
}

/**
 * Does some work of pdf.js, which has no bound for what a part of a file unpacks to: a few kilobytes
 * that are packed twice may hold a gigabyte, and pieces of it are not given back when a thread is ended
 * meanwhile. It takes arrays and streams from the global object, whose own are bounded until the work is
 * done. Rejects with `TooLarge` where work that failed had met the bound.
 */
export async function withBoundedMemory<T>(work: () => Promise<T>): Promise<T> {
  if (working === 0) refused = false;
  working += 1;
  Object.assign(globalThis, { Uint8Array: BoundedBytes, DecompressionStream: BoundedUnpacking });
  try {
    return await work();
  } catch (error) {
    throw refused ? new TooLarge() : error;
  } finally {
    working -= 1;
    if (working === 0) {
      Object.assign(globalThis, { Uint8Array: Bytes, DecompressionStream: Unpacking });
    }
  }
}
