import type { Command } from "@commander-js/extra-typings";
import type { Store } from "../store/store.ts";
import { print } from "./output.ts";
import { onStore } from "./services/use.ts";

/** Makes a command print what `read` returns: as `tableOf` formats it or, with --json, as JSON. */
export function printStored<T>(
  command: Command,
  read: (store: Store) => Promise<T>,
  tableOf: (value: T) => string,
): void {
  command.option("--json", "print JSON").action(async ({ json }) => {
    print(await onStore(read), json, tableOf);
  });
}
