import type { Download } from "./api";

/** Has the browser keep a file where it keeps what it downloads. */
export function keepFile({ file, name }: Download): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not at once: the browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
