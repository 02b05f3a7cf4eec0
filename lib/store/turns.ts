/** Has pieces of work done one after the other, in the order in which they were asked for. */
export interface Turns {
  <T>(work: () => Promise<T>): Promise<T>;
  /** All that has been asked for is done. */
  settled(): Promise<unknown>;
}

/** A queue of its own. */
export function turns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  const take = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work, work);
    last = mine.catch(() => undefined);
    return mine;
  };
  return Object.assign(take, { settled: () => last });
}
