/** Numbers that are the same for the same seed (xorshift32). Fast, and for nothing but tests. */
export class Random {
  constructor(private state: number) {
    if (state === 0) this.state = 0x9e3779b9;
  }

  /** From 0 up to and not including `below`. */
  below(below: number): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) % below;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** Up to `most` of the pieces, in any order and any number of times. */
  text(pieces: readonly string[], most: number): string {
    let text = "";
    for (let n = this.below(most + 1); n > 0; n--) text += this.pick(pieces);
    return text;
  }
}
