/** `next` if it is a path of this site, else the start page. What comes from an address bar is not trusted. */
export function sameSitePath(next: string | string[] | undefined): string {
  const start = "/e/default/secrets";
  if (typeof next !== "string" || !/^\/(?![/\\])[^\\\s\u0000-\u001f]*$/.test(next)) return start;
  return next.startsWith("/sign-in") || next.startsWith("/api/") ? start : next;
}
