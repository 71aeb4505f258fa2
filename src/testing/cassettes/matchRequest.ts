import { contrast } from '../marbles/describeEvent.js';
import { type Difference, differencesOf } from '../marbles/differences.js';
import { CassetteError } from './cassetteError.js';
import type { CassetteRequest, Exchange } from './cassetteFile.js';
import type { ReadRequest } from './readRequest.js';
import { matchesRedacted, redactText, type Secrets } from './redaction.js';

/** Finds the exchange to replay for a request. */
export type MatchRequest = (request: CassetteRequest) => Exchange | undefined;

/** Equal requests get their exchanges in the recorded order; after the last exchange, that one again. */
export function createMatcher(exchanges: readonly Exchange[]): MatchRequest {
  const played = new Set<Exchange>();
  return (asked) => {
    const matching = exchanges.filter(({ request }) => matches(asked, request));
    const next = matching.find((exchange) => !played.has(exchange)) ?? matching.at(-1);
    if (next) played.add(next);
    return next;
  };
}

/** Deep equality, in which redacted text matches any text. */
function matches(asked: unknown, recorded: unknown): boolean {
  if (typeof asked === 'string' && typeof recorded === 'string') return matchesRedacted(asked, recorded);
  if (typeof asked !== 'object' || typeof recorded !== 'object' || asked === null || recorded === null) return asked === recorded;
  if (Array.isArray(asked) !== Array.isArray(recorded)) return false;
  const known = new Map(Object.entries(recorded));
  const members = Object.entries(asked);
  return members.length === known.size && members.every(([name, value]) => known.has(name) && matches(value, known.get(name)));
}

/** Creates the error for a request that is not on the cassette: it shows the nearest exchange and the differences. */
export function noMatch(file: string, { compared, secrets }: ReadRequest, exchanges: readonly Exchange[]): CassetteError {
  const head = `No exchange on the cassette ${file} matches ${compared.method} ${redactText(compared.path, secrets)}.`;
  const nearest = exchanges
    .map((exchange) => ({ exchange, differences: differencesOf(compared, exchange.request).filter(isMismatch) }))
    .sort((a, b) => distance(a.differences) - distance(b.differences))
    .at(0);
  if (!nearest) return new CassetteError(`${head} The cassette is empty.`);
  const { exchange, differences } = nearest;
  const { method, path } = exchange.request;
  const lines = [
    head,
    `The nearest of ${exchanges.length} is exchange ${exchange.number}, ${method} ${path}, which differs in`,
    ...differences.slice(0, 5).map((difference) => describeDifference(difference, secrets)),
    ...(differences.length > 5 ? ['  and more'] : []),
  ];
  return new CassetteError(lines.join('\n'));
}

/** False for redacted text, which matches any text. */
function isMismatch({ expected, actual }: Difference): boolean {
  return !matchesRedacted(actual, expected);
}

/** A different path or method weighs more than any difference of the body. */
function distance(differences: readonly Difference[]): number {
  return differences.reduce((sum, { path }) => sum + (path === 'path' || path === 'method' ? 100 : 1), 0);
}

function describeDifference({ path, expected, actual }: Difference, secrets: Secrets): string {
  const [recorded, asked] = contrast(expected, redactText(actual, secrets), 120);
  return `  ${path}: recorded ${recorded}, asked for ${asked}`;
}
