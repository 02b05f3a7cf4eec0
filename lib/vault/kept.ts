import type { Moment } from "../store/moment";
import type { Store } from "../store/store";

/** How much may be kept. */
export interface Bounds {
  entries: number;
  bytes: number;
}

/**
 * What is kept in memory of the database by key, for one moment of it: when the next begins, all is forgotten.
 * Ciphertext and what is no secret; never a plaintext, a token, or that something does not exist.
 */
export class Kept<T> {
  #moment: Moment | undefined;
  #entries = new Map<string, { value: T; bytes: number }>();
  #bytes = 0;

  constructor(
    private readonly store: Pick<Store, "latest">,
    private readonly bounds: Bounds,
  ) {}

  get(key: string): T | undefined {
    if (this.#moment !== this.store.latest) this.#forget();
    return this.#entries.get(key)?.value;
  }

  /** Keeps what was read after `readIn` began, if that has not ended. The oldest go where there is no room. */
  keep(key: string, value: T, bytes: number, readIn: Moment): void {
    if (this.#moment !== this.store.latest) this.#forget();
    if (readIn !== this.#moment || bytes > this.bounds.bytes) return;
    this.#drop(key);
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.bounds.entries && this.#bytes <= this.bounds.bytes) break;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  #forget(): void {
    this.#moment = this.store.latest;
    this.#entries = new Map();
    this.#bytes = 0;
  }
}
