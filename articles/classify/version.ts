/** Versions of the classification's rules; each grows when the same article may come out otherwise. */
export const CLASSIFY = { places: "1", topics: "1", relevance: "1" } as const;
