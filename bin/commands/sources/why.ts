import type { Command } from "@commander-js/extra-typings";
import { PRODUCT } from "../../../config/env.ts";
import { EXIT } from "../../../lib/exit.ts";
import { whyOf } from "../../../sources/why.ts";
import { webUrl } from "../../known.ts";
import { onStore } from "../../services/use.ts";

export function register(program: Command): void {
  program
    .command("why")
    .description(
      "explain why a URL is or isn't on the portal, and what to do (exit code 1 if it isn't there)",
    )
    .argument("<url>", "URL of an article, as in a browser or a feed")
    .option("--json", "print JSON")
    .action(async (url, { json }) => {
      const why = await onStore((store) =>
        whyOf({ store, product: PRODUCT, now: () => new Date() }, webUrl(url) ?? url),
      );
      if (json) console.log(JSON.stringify(why, null, 2));
      else {
        console.log(why.answer);
        if (why.todo) console.log(`to do: ${why.todo}`);
        for (const { name, value } of why.facts) console.log(`  ${name}: ${value}`);
      }
      if (!why.listed) process.exitCode = EXIT.failed;
    });
}
