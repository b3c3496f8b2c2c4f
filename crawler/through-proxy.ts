import type { Asking, Visitor } from "./visit.ts";

/** A visitor that looks at a site as a stranger does, but through the proxy that a source names, if any. */
export function throughProxy(visitor: Visitor, proxy: string | undefined): Visitor {
  if (proxy === undefined) return visitor;
  const nothing = { feeds: [], sitemaps: [], listings: [], allowHosts: [], headers: {} };
  const stranger: Asking = { id: "", ...nothing, proxy };
  return {
    ...visitor,
    visit: (url, kind) => visitor.visit(url, kind, stranger),
    robots: (url) => visitor.robots(url, stranger),
    isReserved: (url) => visitor.isReserved(url, stranger),
  };
}
