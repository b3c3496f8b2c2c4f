/** A received event. */
export interface StreamEvent {
  id: string;
  event: string;
  data: unknown;
}

/** Opens a stream of Server-Sent Events. `next` returns the next event with data, null at the end. */
export async function openEvents(url: string, headers: Record<string, string>) {
  const response = await fetch(url, { headers });
  if (!response.ok || !response.body) throw new Error(`${url}: ${response.status}`);
  const blocks = blocksOf(response.body);
  return {
    async next(): Promise<StreamEvent | null> {
      for (;;) {
        const { value, done } = await blocks.next();
        if (done) return null;
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(value)?.[1] ?? "";
        const data = field("data");
        if (data) return { id: field("id"), event: field("event"), data: JSON.parse(data) };
      }
    },
  };
}

async function* blocksOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split("\n\n");
    text = parts.pop() ?? "";
    yield* parts;
  }
}
