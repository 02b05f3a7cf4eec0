/** A database that says by itself that it has changed. Nothing that has to be right may rest on it. */
export interface Feed {
  /** Whether it does, as far as is known: it has said so, some seconds ago at most. */
  readonly isUp: boolean;
  /**
   * Calls `heard` when the database may have changed, whoever has changed it; also each time the feed comes up, since something
   * may have been missed. It is listened to as long as anybody does. Returns what ends that.
   */
  listen(heard: () => void): () => void;
}

/** Of a database that says nothing. */
export const NO_FEED: Feed = { isUp: false, listen: () => () => undefined };
