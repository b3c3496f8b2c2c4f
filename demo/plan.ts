import type { Site } from "./site.ts";
import type { Truth } from "./truth.ts";

/** A world before it is served: sites that answer, what is true of them, and their declarations. */
export interface Plan {
  sites: Site[];
  truth(): Truth;
  sources: { id: string; yaml: string }[];
}
