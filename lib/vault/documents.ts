import { CofferError } from "../errors";
import type { Entry, TextFormat } from "../import/entry";
import { readEntries } from "../import/read";
import type { Change, Reading } from "../reference/documents/format";
import { formatOf } from "../reference/documents/formats";
import { rewrite, type Rewritten } from "../reference/documents/rewrite";

/** What is done to a whole document of a format: everything in it that takes time in proportion to its length. */
export type DocumentTask =
  | { readonly do: "read"; readonly mediaType: string; readonly text: string }
  | { readonly do: "import"; readonly format: TextFormat; readonly text: string }
  | {
      readonly do: "rewrite";
      readonly mediaType: string;
      readonly text: string;
      readonly changes: ReadonlyMap<number, readonly Change[]>;
    };

/** What a task comes to. */
export interface DocumentResults {
  read: Reading;
  rewrite: Rewritten;
  import: Entry[];
}

/** Does tasks: at once, or in a thread of their own. */
export interface DocumentWorker {
  /** @throws CofferError what the format's functions throw; `unavailable` where the thread is too busy */
  run<K extends DocumentTask["do"]>(
    task: Extract<DocumentTask, { do: K }>,
  ): Promise<DocumentResults[K]>;
  close(): Promise<void>;
}

/** Does a task, in the thread that it is called in. */
export function doTask(task: DocumentTask): DocumentResults[DocumentTask["do"]] {
  if (task.do === "import") return readEntries(task.text, task.format);
  const format = formatOf(task.mediaType);
  if (!format) throw new CofferError("unsupported_media_type", "This is no format of documents.");
  const reading = format.read(task.text);
  return task.do === "read" ? reading : rewrite(format, task.text, reading, task.changes);
}

/** Does every task at once, in the thread that asks. */
export const IN_THIS_THREAD: DocumentWorker = {
  run: (task) =>
    new Promise((done) => {
      done(doTask(task) as never);
    }),
  close: () => Promise.resolve(),
};
