/** Stores a value in a map. If the map then has more than `size` values, removes the oldest. */
export function setBounded<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  size: number,
): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > size && oldest !== undefined) map.delete(oldest);
}

/** A loader that caches its results, within `CacheBounds` and until `forget` is called. */
export interface Cached<Value> {
  get(key: string): Promise<Value>;
  forget(key: string): void;
}

interface Entry<Value> {
  value: Promise<Value>;
  until: number;
  weight: number;
}

export interface CacheBounds<Value> {
  /** How long a result is cached, ms. */
  ttl: number;
  /** Maximum total weight of the cached results. */
  size: number;
  /** Returns the weight of a result; if missing, each result weighs 1. */
  weigh?: (value: Value) => number;
}

/** Returns a loader that caches its results. It doesn't cache failed loads. */
export function cached<Value>(
  load: (key: string) => Promise<Value>,
  { ttl, size, weigh = () => 1 }: CacheBounds<Value>,
): Cached<Value> {
  const entries = new Map<string, Entry<Value>>();
  let weight = 0;
  const drop = (key: string) => {
    weight -= entries.get(key)?.weight ?? 0;
    entries.delete(key);
  };
  const bound = () => {
    for (const oldest of entries.keys()) {
      if (weight <= size) return;
      drop(oldest);
    }
  };
  return {
    get(key) {
      const there = entries.get(key);
      if (there && there.until > Date.now()) return there.value;
      const value = load(key);
      const entry = { value, until: Date.now() + ttl, weight: 1 };
      const isCurrent = () => entries.get(key) === entry;
      drop(key);
      entries.set(key, entry);
      weight += entry.weight;
      bound();
      const weighWhenLoaded = async () => {
        try {
          const loaded = weigh(await value);
          if (!isCurrent()) return;
          weight += loaded - entry.weight;
          entry.weight = loaded;
          bound();
        } catch {
          if (isCurrent()) drop(key);
        }
      };
      void weighWhenLoaded();
      return value;
    },
    forget: drop,
  };
}
