export function spreadNullFirst(code: string): string;
