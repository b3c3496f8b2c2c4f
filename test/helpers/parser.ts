import { createParser, type Parser } from "../../articles/reading/parser.ts";

let shared: Parser | undefined;

/**
 * Returns the parser that all test files of a process share. Its thread starts with the first page and stays, because
 * compiling all code again costs more than the pages of most files.
 */
export function sharedParser(): Parser {
  const start = () => (shared ??= createParser(1, [], { deadline: 60_000 }));
  return {
    extract: (task) => start().extract(task),
    announce: (task) => start().announce(task),
    discover: (task) => start().discover(task),
    sitePage: (task) => start().sitePage(task),
    point: (task) => start().point(task),
    numberElements: (task) => start().numberElements(task),
    highlight: (task) => start().highlight(task),
    close: () => Promise.resolve(),
  };
}
