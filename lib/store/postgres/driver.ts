import type { Socket } from "node:net";
import type { ClientBase } from "pg";

/** What a connection of the driver's keeps to itself. */
export interface Inside {
  stream: Socket;
  /** Whether something was asked on it that is not answered yet. */
  owesAnswer: () => boolean;
  /** Ends it as one that is silent: who waits for an answer is refused. */
  giveUp: () => void;
}

/** The inside of a connection, once it has come about. It is not in the driver's types. */
export function insideOf(client: ClientBase): Inside {
  const driver = client as unknown as { connection: { stream: Socket }; readyForQuery: boolean };
  const { stream } = driver.connection;
  return {
    stream,
    owesAnswer: () => !driver.readyForQuery,
    giveUp: () => {
      stream.destroy(new Error("The database has stopped answering."));
    },
  };
}
