import { deployDatabase } from "./deploy";

// npm run migrate: brings the database of DATABASE_URL up to date, as the owner in MIGRATION_DATABASE_URL.
const { DATABASE_URL, MIGRATION_DATABASE_URL } = process.env;
if (!DATABASE_URL || !MIGRATION_DATABASE_URL) {
  console.error("Set DATABASE_URL (the app's role) and MIGRATION_DATABASE_URL (the owner); see README.md, \"Run it\".");
  process.exit(1);
}
await deployDatabase({ appUrl: DATABASE_URL, ownerUrl: MIGRATION_DATABASE_URL });
console.log("The database is up to date.");
