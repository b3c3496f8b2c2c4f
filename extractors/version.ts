/** Version of the extraction rules; grows when the same capture may give other fields. */
export const EXTRACTOR = "1";
