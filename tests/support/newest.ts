/** The newest version of each secret that anybody was told of: no request that is sent afterwards may get an older one. */
export class Newest {
  readonly #versions = new Map<string, number>();

  know(name: string, version: number): void {
    this.#versions.set(name, Math.max(version, this.version(name)));
  }

  version(name: string): number {
    return this.#versions.get(name) ?? 0;
  }

  /** As it is now. */
  all(): ReadonlyMap<string, number> {
    return new Map(this.#versions);
  }
}
