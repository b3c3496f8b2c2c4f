import type { Store } from "../../store/store.ts";

/** The error of a call during which the process ends. */
export class ProcessEnded extends Error {
  override name = "ProcessEnded";
}

/** Returns `target` with some of its methods replaced, so that a test can end a process between two steps. */
export function withFaults<T extends object>(
  target: T,
  faults: { [Name in keyof T]?: () => T[Name] | undefined },
): T {
  const byName: Record<string | symbol, (() => unknown) | undefined> = { ...faults };
  return new Proxy(target, {
    get(inner, name) {
      const fault = byName[name]?.();
      if (fault !== undefined) return fault;
      const value: unknown = Reflect.get(inner, name);
      return typeof value === "function" ? value.bind(inner) : value;
    },
  });
}

/** Returns a store in which another process runs `meanwhile` right before the first write to articles. */
export function withRace(store: Store, meanwhile: () => Promise<unknown>): Store {
  const { articles } = store.collections;
  let races = 0;
  const racing = withFaults(articles, {
    bulkWrite: () =>
      races++ > 0
        ? undefined
        : async (...args) => {
            await meanwhile();
            return articles.bulkWrite(...args);
          },
  });
  return { ...store, collections: { ...store.collections, articles: racing } };
}

/** Names of the driver's methods that write. */
const WRITE = /^(bulkWrite|(insert|update|replace|delete)(One|Many)|findOneAnd\w+)$/;

/**
 * Returns a view of a store whose process ends at the write with this number, from 0; never for -1. After that it can
 * neither write nor read.
 */
export function endingAtWrite(store: Store, at: number): { store: Store; writes: () => number } {
  let writes = 0;
  let ended = false;
  const ending = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, name) {
        const value: unknown = Reflect.get(inner, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          const isWrite = WRITE.test(String(name));
          if (isWrite && writes++ === at) ended = true;
          if (ended && isWrite) return endProcess();
          if (ended) throw new ProcessEnded("the process has ended");
          return value.apply(inner, args);
        };
      },
    });
  const collections = Object.fromEntries(
    Object.entries(store.collections).map(([name, each]) => [name, ending(each)]),
  );
  return {
    store: { ...store, collections: { ...store.collections, ...collections } },
    writes: () => writes,
  };
}

/** Replaces any method: the process ends instead. */
export function endProcess(): Promise<never> {
  return Promise.reject(new ProcessEnded("the process ended here"));
}
