/**
 * Imported first by every command: stops with one line when Node is too old. The versions are those that
 * Prisma and Vite support; the odd ones between them have reached their end of life.
 */
const version = process.versions.node;
const [major, minor] = version.split(".").map(Number);
const supported = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24;

if (!supported) {
  console.error(
    `Coffer needs Node 20.19, 22.12 or 24 and newer; this is ${version}. Install one from https://nodejs.org and run this again.`,
  );
  process.exit(1);
}
