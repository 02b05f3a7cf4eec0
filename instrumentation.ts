import type { Instrumentation } from "next";
import { notePageError } from "./lib/page-outage";
import { REQUEST_ID_HEADER } from "./lib/request-headers";

/** Next calls it with each error that a page or a route ends with. */
export const onRequestError: Instrumentation.onRequestError = (error, { headers }) => {
  notePageError(error, headers[REQUEST_ID_HEADER]);
};
