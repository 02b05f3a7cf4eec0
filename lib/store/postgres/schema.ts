/**
 * The schema that Coffer's tables are in. Prisma names it in each of its queries; Coffer's own leave it to the search path, which
 * a pooler's connections don't keep. So what makes, lists and empties tables says it, and `usable.ts` looks whether the path leads there.
 */
export const SCHEMA = "public";

/** Of a transaction that makes tables, or goes by all that are there: the search path that it has, whatever the connection's is. */
export const IN_SCHEMA = `set_config('search_path', '${SCHEMA}', true)`;
