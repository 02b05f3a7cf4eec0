/** Who is told each time that something has happened. */
export class Listeners {
  readonly #all = new Set<() => void>();

  /** Returns what ends it. What is called must not throw. */
  add(heard: () => void): () => void {
    this.#all.add(heard);
    return () => this.#all.delete(heard);
  }

  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  tell(): void {
    for (const heard of this.#all) heard();
  }
}
