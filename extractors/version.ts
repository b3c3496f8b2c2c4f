/** Version of the extraction rules; grows when the same capture may give other fields. */
export const EXTRACTOR = "2";

/** Version of the rules that tell the language of a text. */
export const LANGUAGE = "2";
