/** Set by the server on every request to Next, after it has dropped what the client sent. */
export const ADDRESS_HEADER = "x-coffer-address";
export const REQUEST_ID_HEADER = "x-coffer-request-id";
