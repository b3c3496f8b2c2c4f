import type { Store } from "../../store/store.ts";

/** What a call meets whose process ends at that moment. */
export class ProcessEnded extends Error {
  override name = "ProcessEnded";
}

/** `target` with some of its methods replaced: how a test ends a process between two steps. */
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

/** A store in which another process does `meanwhile` right before the first writes to its articles. */
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

/** A view on a store whose process ends at its write with this number, from 0; never where it is -1. */
export function endingAtWrite(store: Store, at: number): { store: Store; writes: () => number } {
  let writes = 0;
  const step = () => (writes++ === at ? endProcess : undefined);
  const faults = {
    bulkWrite: step,
    updateMany: step,
    insertMany: step,
    updateOne: step,
    deleteOne: step,
  };
  const faulty = Object.fromEntries(
    Object.entries(store.collections).map(([name, each]) => [name, withFaults(each, faults)]),
  );
  const collections = { ...store.collections, ...faulty };
  return { store: { ...store, collections }, writes: () => writes };
}

/** Stands in for any method: the process ends instead. */
export function endProcess(): Promise<never> {
  return Promise.reject(new ProcessEnded("the process ended here"));
}
