/** What Coffer uses of the driver, which brings no types of its own. */
declare module "better-sqlite3" {
  type Value = string | number | null | Buffer;

  namespace Database {
    interface Statement {
      get(...values: Value[]): unknown;
      all(...values: Value[]): unknown[];
      /** An array stands for its elements. */
      run(...values: (Value | readonly Value[])[]): { changes: number };
      /** Answers with the first column instead of an object. */
      pluck(): Statement;
      /** Answers with arrays instead of objects. */
      raw(): Statement;
      iterate(...values: Value[]): IterableIterator<unknown>;
    }
  }

  class Database {
    /** A file by its path, or the bytes of one, which are then kept in memory. */
    constructor(
      source: string | Buffer,
      options: { timeout?: number; readonly?: boolean; fileMustExist?: boolean },
    );
    readonly inTransaction: boolean;
    prepare(sql: string): Database.Statement;
    /** Makes a function that statements of this connection can call. */
    function(
      name: string,
      options: { deterministic: boolean },
      does: (...values: never[]) => Value,
    ): void;
    exec(sql: string): void;
    pragma(sql: string, options?: { simple: boolean }): unknown;
    close(): void;
  }

  export = Database;
}
