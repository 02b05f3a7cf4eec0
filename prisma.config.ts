import { defineConfig } from "prisma/config";

// Used by `prisma generate` only. Coffer migrates itself (lib/store/migrate.ts).
export default defineConfig({ schema: "prisma/schema.prisma" });
