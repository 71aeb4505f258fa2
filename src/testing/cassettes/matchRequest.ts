import { contrast } from '../marbles/describeEvent.js';
import { type Difference, differencesOf } from '../marbles/differences.js';
import { CassetteError } from './cassetteError.js';
import type { CassetteRequest, Exchange } from './cassetteFile.js';
import type { ReadRequest } from './readRequest.js';
import { fitsRedacted, redactText, type Secrets } from './redaction.js';

/** Finds the exchange for what is asked. */
export type MatchRequest = (asked: CassetteRequest) => Exchange | undefined;

/** Equal requests get their exchanges in the order recorded; after the last one, that one again. */
export function createMatcher(exchanges: readonly Exchange[]): MatchRequest {
  const played = new Map<Exchange, number>();
  return (asked) => {
    const matching = exchanges.filter(({ request }) => fits(asked, request));
    const next = matching.find((exchange) => !played.has(exchange)) ?? matching.at(-1);
    if (next) played.set(next, (played.get(next) ?? 0) + 1);
    return next;
  };
}

/** Equal, but for what was redacted. */
function fits(asked: unknown, recorded: unknown): boolean {
  if (typeof asked === 'string' && typeof recorded === 'string') return fitsRedacted(asked, recorded);
  if (typeof asked !== 'object' || typeof recorded !== 'object' || asked === null || recorded === null) return asked === recorded;
  if (Array.isArray(asked) !== Array.isArray(recorded)) return false;
  const known = new Map(Object.entries(recorded));
  const members = Object.entries(asked);
  return members.length === known.size && members.every(([name, value]) => known.has(name) && fits(value, known.get(name)));
}

/** The error for a request that is not on the cassette: it shows the nearest one, and where that differs. */
export function noMatch(file: string, { asked, secrets }: ReadRequest, exchanges: readonly Exchange[]): CassetteError {
  const head = `No exchange on the cassette ${file} matches ${asked.method} ${redactText(asked.path, secrets)}.`;
  const nearest = exchanges
    .map((exchange) => ({ exchange, differences: differencesOf(asked, exchange.request).filter(isTold) }))
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

/** What was redacted is no difference. */
function isTold({ expected, actual }: Difference): boolean {
  return !fitsRedacted(actual, expected);
}

/** Another address is further away than any other body. */
function distance(differences: readonly Difference[]): number {
  return differences.reduce((sum, { path }) => sum + (path === 'path' || path === 'method' ? 100 : 1), 0);
}

function describeDifference({ path, expected, actual }: Difference, secrets: Secrets): string {
  const [recorded, asked] = contrast(expected, redactText(actual, secrets), 120);
  return `  ${path}: recorded ${recorded}, asked for ${asked}`;
}
