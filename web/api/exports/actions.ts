/** What the API needs to have exports written and handed out; made in `bin`. */
export interface ExportActions {
  /** Where their files lie, in a folder of their id. */
  folder: string;
  /** Has those that are due begun now rather than soon. */
  begin(): void;
}
