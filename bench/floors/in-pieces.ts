import { once } from "node:events";
import { connect } from "node:net";
import type { ReleaseStack } from "../../lib/stack.ts";
import { sleep } from "../../lib/time.ts";
import { calibrate } from "./calibrate.ts";

/** Pieces of work, paragraphs that each works on, and bytes that go there and back before it. */
const PIECES = 12;
const PARAGRAPHS = 100;
const BYTES = 2000;
/** How long a piece is waited for, ms: meanwhile others have the core and its caches, as while a database answers. */
const WAIT = 2;

/**
 * A calibration for stages that wait for other processes again and again: pieces of work that none of our code is
 * in, and between them an answer from Redis and a moment of sleep. What a busy machine adds to a stage for finding its
 * caches cold each time it adds here too.
 */
export async function openPieces(
  redisUrl: string,
  stack: ReleaseStack,
): Promise<() => Promise<void>> {
  const socket = connect(Number(new URL(redisUrl).port), "127.0.0.1").setNoDelay();
  stack.add("pieces", () => socket.destroy());
  await once(socket, "connect");
  const text = "x".repeat(BYTES);
  const command = `*2\r\n$4\r\nECHO\r\n$${BYTES}\r\n${text}\r\n`;
  const answer = `$${BYTES}\r\n${text}\r\n`.length;
  const echo = async () => {
    socket.write(command);
    for (let left = answer; left > 0; ) {
      const [bytes] = (await once(socket, "data")) as [Buffer];
      left -= bytes.length;
    }
  };
  return async () => {
    for (let n = 0; n < PIECES; n++) {
      await echo();
      calibrate(PARAGRAPHS);
      await sleep(WAIT);
    }
  };
}
