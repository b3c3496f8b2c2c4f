/** An http(s) address resolved against another, or null. */
export function absolute(href: string, base: string): string | null {
  const trimmed = href.trim();
  if (!trimmed) return null;
  try {
    const url = new URL(trimmed, base);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** The address that a web archive's copy is of (`.../web/20190304101500/http://...`); any other as it is. */
export function unarchived(url: string): string {
  const [, original] =
    /\/(?:web|wayback)\/\d{4,14}(?:[a-z]{2}_)?\/(https?:\/\/.+)$/.exec(url) ?? [];
  return original && URL.canParse(original) ? original : url;
}

/** Whether an address is that of a site's or a language's front page. */
export function isHomeAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { pathname, searchParams } = new URL(url);
  const counted = [...searchParams.keys()].every((key) => /^(?:utm_|ref$|fbclid$)/.test(key));
  return (
    counted &&
    /^\/(?:[a-z]{2}(?:-[a-z]{2})?\/?)?(?:(?:index|home|start)(?:\.\w+|\/)?)?$/i.test(pathname)
  );
}
