import {
  dropCounterpartsOf,
  getCounterpart,
  listCounterparts,
  openCounterparts,
  promotionOf,
  stillOpen,
} from "../../store/articles/sides.ts";
import type { Store } from "../../store/store.ts";

const PAGE = { side: "next", skip: 0, limit: 10 };

/** What is asked of articles as they would be. */
export const SIDE_VERBS: [string, (store: Store) => Promise<unknown>][] = [
  ["openCounterparts", (store) => openCounterparts(store, "next")],
  ["stillOpen", (store) => stillOpen(store, ["next:a"])],
  ["listCounterparts", (store) => listCounterparts(store, { ...PAGE, field: null })],
  ["listCounterparts of a field", (store) => listCounterparts(store, { ...PAGE, field: "title" })],
  ["getCounterpart", (store) => getCounterpart(store, "next", "a-7")],
  ["promotionOf", (store) => promotionOf(store, "next")],
  ["dropCounterpartsOf", (store) => dropCounterpartsOf(store, ["a-7"])],
];
