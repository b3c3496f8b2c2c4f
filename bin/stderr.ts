/** Lets this process finish when its log's reader has ended, as at Ctrl-C in `start 2>&1 | tee`. */
export function outliveLog(): void {
  process.stderr.off("error", ignore).on("error", ignore);
}

function ignore(): void {}
