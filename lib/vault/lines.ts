import type { RecordReader } from "../store/sink-rows";
import type { Soon } from "../store/soon";
import { rest } from "./every-value";
import { eventInfo } from "./record-info";

/** Rows of one statement: about a millisecond. */
export const ROWS_AT_ONCE = 200;
/** After each, everything else has the thread for so many times as long. */
const REST_SHARE = 2;

/** The events of a journal after one of them, as many as there is room for. */
export interface LinesTask {
  journalId: string;
  after: number;
  events: number;
  bytes: number;
  /** Whether the first is to be had though it is too long. */
  isAlone: boolean;
}

/** Events that follow each other in a journal, each a line of JSON as in an export. */
export interface Lines {
  bytes: Uint8Array<ArrayBuffer>;
  events: number;
  /** The number of the last of them. */
  upTo: number;
  /** Why there are no more: there was no room, so many are read at once, or the journal has no more. */
  until: "room" | "pause" | "end";
}

/** Reads the record for the sinks. */
export interface LineReader {
  /** Some of them, of which the first comes right after. @throws Error where the database can't be read */
  read(task: LinesTask): Promise<Lines>;
  close(): Promise<void>;
}

/** Reads in this thread, which has twice as long for everything else after each time. */
export function linesHere(reader: RecordReader): LineReader {
  return {
    read: (task) => turn(() => readLines(reader, task)),
    close: () => Promise.resolve(),
  };
}

/** Does something that holds the thread, and then lets everything else have it for longer. */
export async function turn<T>(work: () => Soon<T>): Promise<T> {
  const since = performance.now();
  const result = await work();
  await rest((performance.now() - since) * REST_SHARE);
  return result;
}

/** Reads them, and makes lines of them. */
export async function readLines(
  reader: Pick<RecordReader, "readEventsAfter">,
  { journalId, after, events, bytes, isAlone }: LinesTask,
): Promise<Lines> {
  const most = Math.min(events, ROWS_AT_ONCE);
  const rows = await reader.readEventsAfter(journalId, after, most);
  const lines: Lines = { bytes: NONE, events: 0, upTo: after, until: "end" };
  let text = "";
  let left = bytes;
  for (const row of rows) {
    const line = `${JSON.stringify(eventInfo(row))}\n`;
    left -= Buffer.byteLength(line);
    if (left < 0 && !(isAlone && lines.events === 0)) {
      lines.until = "room";
      break;
    }
    text += line;
    lines.events += 1;
    lines.upTo = row.seq;
  }
  if (lines.until === "end" && rows.length === most) lines.until = "pause";
  lines.bytes = ENCODER.encode(text);
  return lines;
}

const NONE = new Uint8Array();
/** What it makes is a buffer of its own, which can be given to another thread. */
const ENCODER = new TextEncoder();
