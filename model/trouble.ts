/** What is wrong with a living process, in words. */
export interface Trouble {
  text: string;
  /** Since when only a new process can help, epoch ms; null where it can't or needn't. */
  stuckSince: number | null;
}
