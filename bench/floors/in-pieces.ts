import { once } from "node:events";
import { connect } from "node:net";
import type { ReleaseStack } from "../../lib/stack.ts";
import { sleep } from "../../lib/time.ts";
import { calibrate } from "./calibrate.ts";

const PIECES = 12;
const PARAGRAPHS = 100;
const BYTES = 2000;
/**
 * Pause before a piece, ms. Meanwhile other processes use the core and its caches, as they do while
 * a stage waits for the database.
 */
const WAIT = 2;

/**
 * Returns a calibration for stages that repeatedly wait for other processes. A busy machine slows
 * it as it slows a stage: both find the caches cold after each wait.
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
