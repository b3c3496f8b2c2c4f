export function keepUsed(css: string, words: ReadonlySet<string>): string;
