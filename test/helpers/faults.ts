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

/** Stands in for any method: the process ends instead. */
export function endProcess(): Promise<never> {
  return Promise.reject(new ProcessEnded("the process ended here"));
}
