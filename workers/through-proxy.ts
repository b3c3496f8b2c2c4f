import type { Asking, Visitor } from "./visit.ts";

/** A visitor that looks at the site of a source as a stranger does, but through the source's proxy. */
export function throughProxyOf(visitor: Visitor, source: Asking): Visitor {
  if (source.proxy === undefined) return visitor;
  const { login: _, ...rest } = source;
  const stranger = { ...rest, headers: {} };
  return {
    ...visitor,
    visit: (url, kind) => visitor.visit(url, kind, stranger),
    robots: (url) => visitor.robots(url, stranger),
    isReserved: (url) => visitor.isReserved(url, stranger),
  };
}
