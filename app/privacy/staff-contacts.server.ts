import { z } from "zod";
import type { ShopScope } from "~/db.server";
import { decrypt, encrypt, keptAs, type Keyring } from "~/encryption";

/** Where a member of staff is reached. Ease is told by them; nothing of it comes from Shopify. */
const staffContact = z.object({ email: z.email().optional(), phone: z.string().max(40).optional() });
export type StaffContact = z.infer<typeof staffContact>;

const placeOf = (shopId: number, staffId: string) => `staff_contact:${shopId}:${staffId}`;

/** Keeps where a member of staff is reached, encrypted, for as many days as the shop has set from now on. */
export async function putStaffContact(
  scope: ShopScope,
  ring: Keyring,
  staffId: string,
  contact: StaffContact,
  now: Date,
): Promise<void> {
  const text = encrypt(ring, JSON.stringify(staffContact.parse(contact)), placeOf(scope.shopId, staffId));
  await scope.transaction((client) =>
    client.query(
      `insert into staff_contact (shop_id, staff_id, contact, kept_until)
       select $1::int, $2::bigint, convert_to($3::text, 'UTF8'), $4::timestamptz + interval '1 day' *
         coalesce((select staff_contact_days from shop_setting where shop_id = $1::int), ${DEFAULT_DAYS})
       on conflict (shop_id, staff_id) do update set contact = excluded.contact, kept_until = excluded.kept_until`,
      [scope.shopId, staffId, text, now],
    ),
  );
}

/** As in the migrations: what a shop without settings has. */
const DEFAULT_DAYS = 90;

/** Where a member of staff is reached; null when that is not known, or no longer kept. */
export async function getStaffContact(
  scope: ShopScope,
  ring: Keyring,
  staffId: string,
  now: Date,
): Promise<StaffContact | null> {
  const [row] = await scope.query(
    `select convert_from(contact, 'UTF8') as contact from staff_contact
     where shop_id = $1 and staff_id = $2 and kept_until > $3`,
    [scope.shopId, staffId, now],
    z.object({ contact: z.string() }),
  );
  return row ? staffContact.parse(JSON.parse(decrypt(ring, row.contact, placeOf(scope.shopId, staffId)))) : null;
}

/** Forgets where a member of staff is reached. */
export async function deleteStaffContact(scope: ShopScope, staffId: string): Promise<void> {
  await scope.transaction((client) =>
    client.query("delete from staff_contact where shop_id = $1 and staff_id = $2", [scope.shopId, staffId]),
  );
}

/** Writes what is under an older key anew, so that the key can be taken away. */
export async function renewStaffContacts(scope: ShopScope, ring: Keyring): Promise<void> {
  const kept = await scope.query(
    `select staff_id::text as "staffId", convert_from(contact, 'UTF8') as contact from staff_contact where shop_id = $1`,
    [scope.shopId],
    z.object({ staffId: z.string(), contact: z.string() }),
  );
  for (const { staffId, contact } of kept) {
    if (keptAs(ring, contact) === "current") continue;
    const place = placeOf(scope.shopId, staffId);
    await scope.transaction((client) =>
      client.query(
        `update staff_contact set contact = convert_to($4, 'UTF8')
         where shop_id = $1 and staff_id = $2 and contact = convert_to($3, 'UTF8')`,
        [scope.shopId, staffId, contact, encrypt(ring, decrypt(ring, contact, place), place)],
      ),
    );
  }
}
