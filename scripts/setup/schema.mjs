/** The schema that people edit: SQLite's. */
export const SOURCE = "prisma/schema.prisma";
/** PostgreSQL's, which is made from it. */
export const POSTGRESQL = "prisma/postgresql/schema.prisma";

const HEAD = `// Made from ../schema.prisma by \`npm run migration\`: edit that one.\n`;

/** Each has to be there once: what is not found would stay SQLite's without anybody noticing. */
const REPLACED = [
  ['provider = "sqlite"', 'provider = "postgresql"'],
  ['"../lib/store/generated/sqlite"', '"../../lib/store/generated/postgresql"'],
];

/**
 * PostgreSQL's schema. The models are the same to the letter: the source keeps to what both share, and times are UTC
 * without a zone on either, so that no setting of a session can shift them.
 * @param {string} source the text of the source
 */
export function postgresqlSchema(source) {
  return REPLACED.reduce(
    (text, [from, to]) => {
      if (text.split(from).length !== 2) throw new Error(`${SOURCE} must have ${from} once.`);
      return text.replace(from, to);
    },
    HEAD + source.replace(/^(\/\/.*\n)+/, ""),
  );
}
