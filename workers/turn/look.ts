import type { Host } from "../../model/crawl/host.ts";
import type { Link } from "../../model/crawl/link.ts";
import type { SourceRecord } from "../../model/sources/source.ts";
import type { Slot } from "./hold-slot.ts";

/** One claimed link in a host's turn. */
export interface Look {
  link: Link;
  /** The claim. */
  token: string;
  host: Host;
  source: SourceRecord | null;
  slot: Slot;
  /** Ends once the page before it is stored. */
  before: Promise<void>;
}
