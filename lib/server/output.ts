/**
 * What is printed and nobody takes, because a pipe is closed or a disk is full, is lost, and Coffer goes on. Unheard, the error
 * would end the process; where Next hears it, Next prints it, which fails again, for ever.
 */
export function goOnUnheard(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
