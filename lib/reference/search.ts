/**
 * Where a string next stands in a text, remembered: as long as the offsets asked for never go back, all the
 * searching together is one pass over the text, however often it is asked.
 */
export class Search {
  private found = -1;

  constructor(
    private readonly text: string,
    private readonly string: string,
  ) {}

  /** The first place at or after `offset`; the text's length if there is none. */
  from(offset: number): number {
    if (this.found < offset) {
      const found = this.text.indexOf(this.string, offset);
      this.found = found < 0 ? this.text.length : found;
    }
    return this.found;
  }
}
