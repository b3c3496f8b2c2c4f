/** Splits at "\n" only: `node:readline` also splits at U+2028 and U+2029, legal in JSON. */
export async function* linesOf(parts: AsyncIterable<string>): AsyncGenerator<string> {
  let line = "";
  for await (const part of parts) {
    const [first = "", ...others] = part.split("\n");
    line += first;
    for (const other of others) {
      yield line;
      line = other;
    }
  }
  if (line !== "") yield line;
}
