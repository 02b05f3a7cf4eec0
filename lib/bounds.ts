/** What the API takes of a request's fields at most, for pages to say before anything is sent. */

/** Services that are held, in one decision: it is one transaction, which others wait for. */
export const RELEASED_AT_ONCE = 1_000;

/** Characters of what the audit record is searched for. */
export const SOUGHT = { actor: 320, service: 100, address: 100, requestId: 100 } as const;

/** What it can be searched for as an action: one by its name, or all of a noun. */
export const SOUGHT_ACTION = /^[a-z_]{1,40}(\.[a-z_.]{1,40})?$/;
