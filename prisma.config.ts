import { PrismaPg } from "@prisma/adapter-pg";
import { defineConfig } from "prisma/config";
import { catalogReadablePool } from "./prisma/catalog-readable-pool";

// Prisma's own engine binary is downloaded at install time; the JS engine needs no download.
export default defineConfig({
  schema: "prisma/schema.prisma",
  engine: "js",
  experimental: { adapter: true },
  adapter: async () => new PrismaPg(catalogReadablePool(process.env.MIGRATION_DATABASE_URL ?? "")),
});
