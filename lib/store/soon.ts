/** What is there at once, or once it has come from elsewhere. To be awaited. */
export type Soon<T> = T | Promise<T>;
