import type { Command } from "@commander-js/extra-typings";

/** The options of the command that a function adds to its argument and returns. */
export type OptionsOf<Add extends (parent: Command) => { opts(): object }> = ReturnType<
  ReturnType<Add>["opts"]
>;
