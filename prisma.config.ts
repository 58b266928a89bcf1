import { defineConfig } from "prisma/config";
import { migrationAdapter } from "./prisma/migration-adapter";

// Prisma's own engine binary is downloaded at install time; the JS engine needs no download.
export default defineConfig({
  schema: "prisma/schema.prisma",
  engine: "js",
  experimental: { adapter: true },
  adapter: async () => migrationAdapter(process.env.MIGRATION_DATABASE_URL ?? ""),
});
