import type { WatchedReference } from "../../lib/shapes";
import { bearerAt } from "./instances";
import type { Newest } from "./newest";
import { watchPath, WatchConnection } from "./watch";

/** What a follower was told. */
export interface Told {
  name: string;
  version: number;
  /** On the clock of `performance.now()`. */
  at: number;
  /** When the connection that told it heard its first word. */
  since: number;
}

export interface FollowerOptions {
  /** The instance to connect to next; null where there is none now. */
  where: () => string | null;
  token: string;
  names: readonly string[];
  /** Whether it posts a config in place of naming references. */
  posts: boolean;
  newest: Newest;
  /** Takes what is wrong. */
  wrong: (what: string) => void;
}

/**
 * A service that watches its secrets, and connects again whenever it is cut off, with the id of what it heard last. It finds
 * wrong what is older than anybody knew when the connection was asked for, or than it was told before.
 */
export class Follower {
  readonly told: Told[] = [];
  connections = 0;
  /** How many of them began with the word that nothing differs. */
  unchanged = 0;
  readonly #versions = new Map<string, number>();
  #lastEventId: string | undefined;
  #connection: WatchConnection | undefined;
  #isOver = false;

  constructor(private readonly options: FollowerOptions) {}

  /** What it was told last of that secret. */
  version(name: string): number {
    return this.#versions.get(name) ?? 0;
  }

  async follow(): Promise<void> {
    while (!this.#isOver) {
      const url = this.options.where();
      if (url !== null) await this.#connect(url);
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 30));
    }
  }

  end(): void {
    this.#isOver = true;
    this.#connection?.close();
  }

  async #connect(url: string): Promise<void> {
    const { token, names, posts, newest, wrong } = this.options;
    const references = names.map((name) => `$SECRET/${name}`);
    const known = newest.all();
    let since: number | undefined;
    const connection = new WatchConnection(
      bearerAt(url, token),
      posts ? "/api/v1/watch" : watchPath(...references),
      {
        ...(posts && { body: JSON.stringify({ config: references }) }),
        ...(this.#lastEventId !== undefined && { lastEventId: this.#lastEventId }),
      },
    );
    this.#connection = connection;
    for await (const heard of connection.hears()) {
      since ??= performance.now();
      if (heard === "unchanged") this.unchanged++;
      else if ("references" in heard) {
        for (const each of heard.references) this.#take(each, heard.kind, since);
        this.#lastEventId = heard.id;
      } else if (heard.kind === "end" && !heard.reconnect) wrong(`watch: ${heard.reason}`);
      if (heard === "unchanged" || heard.kind === "state") {
        this.connections++;
        this.#compare(known);
      }
    }
    const { status, text } = connection;
    if (![0, 200, 503].includes(status)) wrong(`watch: ${String(status)} ${text.slice(0, 200)}`);
  }

  #take({ name, status, version }: WatchedReference, kind: string, since: number): void {
    const { newest, wrong } = this.options;
    const before = this.version(name ?? "");
    if (name === null || status !== "ok" || version === null) {
      wrong(`watch: ${String(name)} is ${status}`);
      return;
    }
    if (version < before || (kind === "change" && version === before)) {
      wrong(`watch: ${kind} to ${name} ${String(version)} after ${String(before)}`);
    }
    this.#versions.set(name, version);
    newest.know(name, version);
    this.told.push({ name, version, at: performance.now(), since });
  }

  #compare(known: ReadonlyMap<string, number>): void {
    for (const [name, version] of known) {
      const told = this.version(name);
      if (told < version) {
        this.options.wrong(
          `watch: begins with ${name} ${String(told)} after ${String(version)} was known`,
        );
      }
    }
  }
}
