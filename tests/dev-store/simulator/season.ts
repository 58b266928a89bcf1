import { DAY, weekday } from "./local-time";

/** Factor on a usual day's orders: Black Friday to Cyber Monday, Advent, the quiet days after, early summer, autumn. */
export function seasonFactor(wall: number): number {
  const date = new Date(wall);
  const month = date.getUTCMonth() + 1;
  const day = date.getUTCDate();
  const sinceBlackFriday = Math.floor((wall - blackFriday(date.getUTCFullYear())) / DAY);
  if (sinceBlackFriday >= 0 && sinceBlackFriday <= 3) return 2.1;
  if (sinceBlackFriday >= -4 && sinceBlackFriday < 0) return 1.3;
  if (month === 12) return day <= 18 ? 1.5 : day <= 23 ? 1.15 : day <= 26 ? 0.45 : 0.8;
  if (month === 9 && day <= 7) return 1.2;
  if (month === 6 && day >= 15) return 1.15;
  return 1;
}

/** Factor on a usual parcel's transit: full networks are slower. */
export function networkLoad(wall: number): number {
  return 1 + 0.25 * Math.max(0, seasonFactor(wall) - 1);
}

/** Wall midnight of the Friday after the fourth Thursday of November. */
function blackFriday(year: number): number {
  const first = Date.UTC(year, 10, 1);
  const firstThursday = (4 - weekday(first) + 7) % 7;
  return first + (firstThursday + 22) * DAY;
}
