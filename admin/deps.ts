import type { Store } from "../store/store.ts";

/** What the operators' pages need. */
export interface AdminDeps {
  store: Store;
  /** IANA zone that times are shown in. */
  timezone: string;
  now: () => Date;
  /** What operators have to know at once, in words. */
  alarms: () => Promise<readonly string[]>;
}
