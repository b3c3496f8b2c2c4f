import type { Command, OptionValues } from "@commander-js/extra-typings";

/** The options of the command that a function adds to its argument and returns. */
export type OptionsOf<Add extends (parent: Command) => { opts(): object }> = ReturnType<
  ReturnType<Add>["opts"]
>;

/** Adds the options of `add` behind those that the command already has. */
export function withOptions<Own extends OptionValues, Added extends OptionValues>(
  command: Command<[], Own>,
  add: (command: Command) => Command<[], Added>,
): Command<[], Own & Added> {
  return add(command) as Command<[], Own & Added>;
}
