import { once } from "node:events";
import { connect } from "node:net";
import type { ReleaseStack } from "../../lib/async.ts";
import { sleep } from "../../lib/time.ts";
import { calibrate } from "./calibrate.ts";

const PIECES_PER_CALIBRATION = 12;
const PARAGRAPHS_PER_PIECE = 100;
const ECHO_BYTES = 2000;
/**
 * Meanwhile other processes use the core and its caches, as they do while a stage waits for the
 * database.
 */
const PIECE_DELAY_MS = 2;

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
  const text = "x".repeat(ECHO_BYTES);
  const command = `*2\r\n$4\r\nECHO\r\n$${ECHO_BYTES}\r\n${text}\r\n`;
  const answer = `$${ECHO_BYTES}\r\n${text}\r\n`.length;
  const echo = async () => {
    socket.write(command);
    for (let left = answer; left > 0; ) {
      const [bytes] = (await once(socket, "data")) as [Buffer];
      left -= bytes.length;
    }
  };
  return async () => {
    for (let n = 0; n < PIECES_PER_CALIBRATION; n++) {
      await echo();
      calibrate(PARAGRAPHS_PER_PIECE);
      await sleep(PIECE_DELAY_MS);
    }
  };
}
