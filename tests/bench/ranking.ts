/** How well predicted probabilities (or any ranking) fit what happened. `happened[i]` is whether case i went bad. */

/**
 * Area under the ROC curve: the chance that a bad case ranks above a good one, ties counting half (Mann–Whitney U).
 * NaN when there is only one kind.
 */
export function auc(predicted: ArrayLike<number>, happened: ArrayLike<boolean>): number {
  const order = ascending(predicted);
  let bad = 0;
  let rankSum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let badHere = 0;
    while (end < order.length && predicted[order[end]!] === predicted[order[start]!]) {
      if (happened[order[end]!]) badHere++;
      end++;
    }
    rankSum += badHere * ((start + 1 + end) / 2);
    bad += badHere;
    start = end;
  }
  const good = order.length - bad;
  return bad === 0 || good === 0 ? NaN : (rankSum - (bad * (bad + 1)) / 2) / (bad * good);
}

/** Average precision: the precision at each bad case's rank, ties taken as one step. */
export function averagePrecision(predicted: ArrayLike<number>, happened: ArrayLike<boolean>): number {
  const order = ascending(predicted).reverse();
  let bad = 0;
  let sum = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let badHere = 0;
    while (end < order.length && predicted[order[end]!] === predicted[order[start]!]) {
      if (happened[order[end]!]) badHere++;
      end++;
    }
    bad += badHere;
    sum += badHere * (bad / end);
    start = end;
  }
  return bad === 0 ? NaN : sum / bad;
}

/** Brier score: mean squared distance of the probability from what happened. */
export function brier(probability: ArrayLike<number>, happened: ArrayLike<boolean>): number {
  let sum = 0;
  for (let index = 0; index < probability.length; index++) {
    sum += (probability[index]! - (happened[index] ? 1 : 0)) ** 2;
  }
  return sum / probability.length;
}

/** Expected calibration error over bins of equal count in order of probability. */
export function calibrationError(
  probability: ArrayLike<number>,
  happened: ArrayLike<boolean>,
  bins = 10,
): { ece: number; bins: { n: number; predicted: number; happened: number }[] } {
  const order = ascending(probability);
  const rows: { n: number; predicted: number; happened: number }[] = [];
  let ece = 0;
  for (let bin = 0; bin < bins; bin++) {
    const from = Math.floor((bin * order.length) / bins);
    const to = Math.floor(((bin + 1) * order.length) / bins);
    if (to === from) continue;
    let predicted = 0;
    let bad = 0;
    for (let place = from; place < to; place++) {
      predicted += probability[order[place]!]!;
      if (happened[order[place]!]) bad++;
    }
    const n = to - from;
    rows.push({ n, predicted: predicted / n, happened: bad / n });
    ece += Math.abs(predicted - bad) / order.length;
  }
  return { ece, bins: rows };
}

function ascending(values: ArrayLike<number>): Uint32Array {
  return Uint32Array.from({ length: values.length }, (_, index) => index).sort((a, b) => values[a]! - values[b]!);
}
