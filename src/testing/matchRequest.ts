import { CassetteError } from './cassetteError.js';
import type { CassetteRequest, Exchange } from './cassetteFile.js';
import { contrast } from './describeEvent.js';
import { type Difference, differencesOf } from './differences.js';

/** Finds the exchange for a request. */
export type MatchRequest = (request: CassetteRequest) => Exchange | undefined;

/** Equal requests get their exchanges in the order recorded; after the last one, that one again. */
export function createMatcher(exchanges: readonly Exchange[]): MatchRequest {
  const played = new Map<Exchange, number>();
  return (request) => {
    const matching = exchanges.filter((exchange) => differencesOf(request, exchange.request).length === 0);
    const next = matching.find((exchange) => !played.has(exchange)) ?? matching.at(-1);
    if (next) played.set(next, (played.get(next) ?? 0) + 1);
    return next;
  };
}

/** The error for a request that is not on the cassette: it shows the nearest one, and where that differs. */
export function noMatch(file: string, request: CassetteRequest, exchanges: readonly Exchange[]): CassetteError {
  const asked = `No exchange on the cassette ${file} matches ${request.method} ${request.path}.`;
  const nearest = exchanges
    .map((exchange) => ({ exchange, differences: differencesOf(request, exchange.request) }))
    .sort((a, b) => distance(a.differences) - distance(b.differences))
    .at(0);
  if (!nearest) return new CassetteError(`${asked} The cassette is empty.`);
  const { exchange, differences } = nearest;
  const { method, path } = exchange.request;
  return new CassetteError(
    [
      asked,
      `The nearest of ${exchanges.length} is exchange ${exchange.number}, ${method} ${path}, which differs in`,
      ...differences.slice(0, 5).map(describeDifference),
      ...(differences.length > 5 ? ['  and more'] : []),
    ].join('\n'),
  );
}

/** Another address is further away than any other body. */
function distance(differences: readonly Difference[]): number {
  return differences.reduce((sum, { path }) => sum + (path === 'path' || path === 'method' ? 100 : 1), 0);
}

function describeDifference({ path, expected, actual }: Difference): string {
  const [recorded, asked] = contrast(expected, actual, 120);
  return `  ${path}: recorded ${recorded}, asked for ${asked}`;
}
