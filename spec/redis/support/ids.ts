/** Negative if `a` comes before `b`. */
export function compareIds(a: string, b: string): number {
  const [epochA = 0, seqA = 0] = a.split('-').map(Number);
  const [epochB = 0, seqB = 0] = b.split('-').map(Number);
  return epochA - epochB || seqA - seqB;
}
