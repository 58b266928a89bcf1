import type { Session } from "@shopify/shopify-api";
import { Session as ShopifySession } from "@shopify/shopify-api";
import {
  PrismaSessionStorage,
  type PrismaSessionStorageInterface,
} from "@shopify/shopify-app-session-storage-prisma";
import { prisma } from "~/db.server";
import { decrypt, encrypt, type Keyring, keptAs } from "~/encryption";

const TOKENS = ["accessToken", "refreshToken"] as const;

const SESSIONS_A_TIME = 500;

/**
 * Shopify's session storage with the tokens encrypted at rest. A token kept from before, or under an older key, is read
 * all the same and written anew when it is next met.
 */
export function encryptedSessions(ring: Keyring): PrismaSessionStorageInterface {
  const inner = new PrismaSessionStorage(prisma);
  const opened = async (kept: Session): Promise<Session> => {
    await renewTokens(ring, kept);
    return openSession(ring, kept);
  };
  return {
    isReady: () => inner.isReady(),
    storeSession: (session) => inner.storeSession(sealSession(ring, session)),
    async loadSession(id) {
      const kept = await inner.loadSession(id);
      return kept && opened(kept);
    },
    deleteSession: (id) => inner.deleteSession(id),
    deleteSessions: (ids) => inner.deleteSessions(ids),
    async findSessionsByShop(shop) {
      return Promise.all((await inner.findSessionsByShop(shop)).map(opened));
    },
  };
}

/** Forgets a session unless a newer token has taken the place of the one given. */
export async function forgetToken(ring: Keyring, session: Pick<Session, "id" | "accessToken">): Promise<void> {
  const { id } = session;
  const row = await prisma.session.findUnique({ where: { id }, select: { accessToken: true } });
  if (!row || open(ring, row.accessToken, id, "accessToken") !== session.accessToken) return;
  await prisma.session.deleteMany({ where: { id, accessToken: row.accessToken } });
}

/** Writes every token that is not under the current key anew, and says how many sessions that were. */
export async function renewEverySession(ring: Keyring): Promise<number> {
  let renewed = 0;
  let after = "";
  for (;;) {
    const rows = await prisma.session.findMany({
      where: { id: { gt: after } },
      select: { id: true, accessToken: true, refreshToken: true },
      orderBy: { id: "asc" },
      take: SESSIONS_A_TIME,
    });
    for (const row of rows) if (await renewTokens(ring, row)) renewed++;
    if (rows.length < SESSIONS_A_TIME) return renewed;
    after = rows.at(-1)!.id;
  }
}

interface KeptTokens {
  id: string;
  accessToken?: string | null;
  refreshToken?: string | null;
}

/** Only where the row still holds what was read: a token refreshed meanwhile is newer than what is written here. */
async function renewTokens(ring: Keyring, kept: KeptTokens): Promise<boolean> {
  const dated = TOKENS.filter((name) => kept[name] && keptAs(ring, kept[name]) !== "current");
  if (dated.length === 0) return false;
  const written = dated.map((name) => [name, seal(ring, open(ring, kept[name]!, kept.id, name), kept.id, name)]);
  const where = { id: kept.id, ...Object.fromEntries(dated.map((name) => [name, kept[name]!])) };
  const { count } = await prisma.session.updateMany({ where, data: Object.fromEntries(written) as object });
  return count > 0;
}

function sealSession(ring: Keyring, session: Session): Session {
  return withTokens(session, (token, name) => seal(ring, token, session.id, name));
}

function openSession(ring: Keyring, kept: Session): Session {
  return withTokens(kept, (token, name) => open(ring, token, kept.id, name));
}

/** A copy, since the session given belongs to whoever is using it. */
function withTokens(session: Session, change: (token: string, name: (typeof TOKENS)[number]) => string): Session {
  const copy = new ShopifySession({ ...session.toObject(), id: session.id });
  for (const name of TOKENS) if (session[name]) copy[name] = change(session[name], name);
  return copy;
}

function seal(ring: Keyring, token: string, id: string, name: string): string {
  return encrypt(ring, token, `session.${name}:${id}`);
}

function open(ring: Keyring, kept: string, id: string, name: string): string {
  return keptAs(ring, kept) === "plain" ? kept : decrypt(ring, kept, `session.${name}:${id}`);
}
