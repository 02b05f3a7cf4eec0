/**
 * Where requests wait for each other, so that those which have come by now are dealt with together: one step of all of
 * them, then the next step of all. What a step leaves in the processor's caches then serves every request, where it would be
 * cold again after all the other steps of one request. Under load that halves what a resolve costs; where there is one
 * request it costs one turn of the event loop, some microseconds.
 */
export class Stage {
  #begins: Promise<void> | undefined;

  /** Returns once all that has come in by now is at this step, too. */
  next(): Promise<void> {
    this.#begins ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#begins = undefined;
        resolve();
      });
    });
    return this.#begins;
  }
}
