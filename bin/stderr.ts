/** Lets this process finish its work after its log's reader has ended, as in `start 2>&1 | tee`. */
export function outliveLog(): void {
  process.stderr.off("error", ignore).on("error", ignore);
}

function ignore(): void {}
