import { z } from "zod";
import type { DeliveryReason } from "~/scores/delivery-score";
import { isReasonCode } from "./score-reasons";

const shape = z.object({ code: z.string().refine(isReasonCode), points: z.number(), evidence: z.looseObject({}) });

/** One reason of a score as the scorer stored it; its evidence has the type the scorer gave it. */
export const storedReason = z.custom<DeliveryReason>((value) => shape.safeParse(value).success);
