import type { Command, OptionValues } from "@commander-js/extra-typings";

/** The options of the command that `Add` adds to a parent command and returns. */
export type OptionsOf<Add extends (parent: Command) => { opts(): object }> = ReturnType<
  ReturnType<Add>["opts"]
>;

/** Adds options to a command with `add`, after those that the command already has. */
export function withOptions<Own extends OptionValues, Added extends OptionValues>(
  command: Command<[], Own>,
  add: (command: Command) => Command<[], Added>,
): Command<[], Own & Added> {
  return add(command) as Command<[], Own & Added>;
}
