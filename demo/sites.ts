import type { SiteSpec } from "./site.ts";
import { EAST } from "./sites-east.ts";
import { ROMANCE } from "./sites-romance.ts";
import { WEST } from "./sites-west.ts";

/** All hand-made sites. */
export const SITES: SiteSpec[] = [...WEST, ...ROMANCE, ...EAST];
