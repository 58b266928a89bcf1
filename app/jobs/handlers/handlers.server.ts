import type { JobName, JobPayload } from "~/jobs/definitions";
import { unlockJobsOfDeadWorkers } from "~/jobs/living-workers.server";
import { advanceBackfill, resumeBackfills } from "./advance-backfill.server";
import { keepRetention, keepRetentionOfEveryShop } from "./keep-retention.server";
import { findOrders } from "./find-orders.server";
import { readOrdersOfShop } from "./read-orders.server";
import { recordInbox } from "./record-inbox.server";
import { reconcile, reconcileEveryShop, rereadParcels, rereadParcelsOfEveryShop } from "./reconcile.server";
import { renewScoresOfEveryShop, renewScoresOfShop, scoreRecordedOrders } from "./renew-scores.server";
import { rotatePartitions } from "./rotate-partitions.server";

/** What each job does. `now` is the moment it starts, epoch ms. */
export const handlers: { [Name in JobName]: (payload: JobPayload<Name>, now: number) => Promise<void> } = {
  "advance-backfill": advanceBackfill,
  "resume-backfills": resumeBackfills,
  "unlock-jobs": async () => void (await unlockJobsOfDeadWorkers()),
  "record-inbox": recordInbox,
  "read-orders": readOrdersOfShop,
  reconcile,
  "reconcile-every-shop": reconcileEveryShop,
  "reread-parcels": rereadParcels,
  "reread-parcels-of-every-shop": rereadParcelsOfEveryShop,
  "rotate-partitions": rotatePartitions,
  "keep-retention": keepRetention,
  "keep-retention-of-every-shop": keepRetentionOfEveryShop,
  "find-orders": findOrders,
  "score-orders": scoreRecordedOrders,
  "renew-scores": renewScoresOfShop,
  "renew-scores-of-every-shop": renewScoresOfEveryShop,
};
