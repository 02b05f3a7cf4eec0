/**
 * Up to `most` things by their keys: where there are more, those that were seen longest ago are left out. So
 * somebody who comes from a million addresses costs no memory for each.
 */
export class Latest<T> {
  readonly #things = new Map<string, T>();
  /** How often one was left out. */
  leftOut = 0;

  constructor(private readonly most: number) {}

  /** What is kept under `key`, or what `make` makes, which is then kept. It is the one seen last now. */
  seen(key: string, make: () => T): T {
    const thing = this.#things.get(key) ?? make();
    this.#things.delete(key);
    this.#things.set(key, thing);
    if (this.#things.size > this.most) {
      const [oldest] = this.#things.keys();
      this.#things.delete(oldest ?? "");
      this.leftOut++;
    }
    return thing;
  }

  values(): T[] {
    return [...this.#things.values()];
  }
}
