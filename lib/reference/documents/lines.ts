/** Lines and columns of a text, from 1; a column counts UTF-16 code units. `\n`, `\r\n` and `\r` end a line. */
export class Lines {
  private readonly starts: number[] = [0];

  constructor(text: string) {
    const ends = /\r\n?|\n/g;
    while (ends.exec(text) !== null) this.starts.push(ends.lastIndex);
  }

  /** `line:column` of an offset. */
  placeOf(offset: number): string {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return `${String(low + 1)}:${String(offset - (this.starts[low] ?? 0) + 1)}`;
  }
}
