/** Words after which a full stop ends no sentence: titles, references, months and days, and what is followed by a name or a number. */
const words: readonly string[] = [
  'mr mrs ms mx dr prof rev hon gen col capt lt sgt sr jr st ste mt messrs mme mlle',
  'vs viz cf al approx ca est incl excl esp resp',
  'no nos nr fig figs eq eqs sec ch vol vols ed eds pp pg art abs para ref refs tab',
  'inc ltd co corp dept univ assn bros',
  'jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun',
  'bzw usw evtl ggf bspw vgl str hrsg herr fr sig dott sra ud uds av apdo',
].flatMap((line) => line.split(' '));

const abbreviation: RegExp = new RegExp(`(?:^|[^\\p{L}\\p{N}])(?:${words.join('|')})\\.[^\\S\\n\\r]*$`, 'iu');

/** Letters with full stops between them, `e.g.` and `U.S.`, and an initial. */
const dotted: RegExp = /(?:^|[^\p{L}\p{N}])(?:(?:\p{L}\.){2,}|(?!I\.)\p{Lu}\.)[^\S\n\r]*$/u;

/** Whether a text ends in an abbreviation, on the same line. */
export function endsInAbbreviation(text: string): boolean {
  return abbreviation.test(text) || dotted.test(text);
}

/** Whether a text ends in the number of a list item: `1. `, on a line of its own. */
export function isEnumerator(text: string): boolean {
  return /(?:^|[\n\r])\s*[\p{N}]{1,9}[.)][^\S\n\r]*$/u.test(text);
}
