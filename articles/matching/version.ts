/** Version of the rules of copies and stories; grows when the same articles may come out otherwise. */
export const DEDUPE = "4";
