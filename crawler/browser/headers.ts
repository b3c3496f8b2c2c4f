/** Headers of a source, and the host names that get them: whoever else a page asks does not. */
export interface OwnHeaders {
  headers: Readonly<Record<string, string>>;
  hosts: readonly string[];
}

type Entry = { name: string; value: string };

/** All headers of a request of a page; without those of the source where a redirect took them elsewhere. */
export function headersAt(
  { headers, hosts }: OwnHeaders,
  request: { url: string; headers: Record<string, string> },
): Entry[] {
  const own = hosts.includes(new URL(request.url).hostname);
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const others = Object.entries(request.headers).filter(([name]) => !names.has(name.toLowerCase()));
  return [...others, ...(own ? Object.entries(headers) : [])].map(([name, value]) => {
    return { name, value };
  });
}
