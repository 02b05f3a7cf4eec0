/** A session ends this long after signing in, however busy it is. In seconds, as cookies count. */
export const SESSION_MAX_AGE_SECONDS = 7 * 24 * 60 * 60;
