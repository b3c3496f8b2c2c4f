/** How a number of things reads in a language: `1 article`, `1,234 articles`. */
export function counted(language: string, one: string, more: string): (count: number) => string {
  return (count) => `${count.toLocaleString(language)} ${count === 1 ? one : more}`;
}
