/** A loader whose answers are kept for `ttl` ms, at most `size` of them, until `forget` is called. */
export interface Cached<Value> {
  get(key: string): Promise<Value>;
  forget(key: string): void;
}

/** Spares repeated reads of what changes seldom; a failed load is not kept. */
export function cached<Value>(
  load: (key: string) => Promise<Value>,
  { ttl, size }: { ttl: number; size: number },
): Cached<Value> {
  const entries = new Map<string, { value: Promise<Value>; until: number }>();
  return {
    get(key) {
      const there = entries.get(key);
      if (there && there.until > Date.now()) return there.value;
      const value = load(key);
      value.catch(() => {
        if (entries.get(key)?.value === value) entries.delete(key);
      });
      entries.delete(key);
      entries.set(key, { value, until: Date.now() + ttl });
      const [oldest] = entries.keys();
      if (entries.size > size && oldest !== undefined) entries.delete(oldest);
      return value;
    },
    forget: (key) => void entries.delete(key),
  };
}
