import type { StreamErrorKind } from 'rxllm';
import { between, seededRandom } from './seededRandom.js';

/** The name of a request. Both processes compute the fault of a request from its name. */
export interface RequestName {
  readonly stream: number;
  readonly attempt: number;
}

export type FaultName =
  | 'none'
  | 'slow'
  | 'keepAlives'
  | 'openAfterTheEnd'
  | 'reset'
  | 'closed'
  | 'endsEarly'
  | 'endsInsideAnEvent'
  | 'stallsBeforeHeaders'
  | 'stalls'
  | 'stallsWithKeepAlives'
  | 'tooManyRequests'
  | 'serverError'
  | 'serverErrorStalls'
  | 'badRequest'
  | 'badJson'
  | 'errorInStream'
  | 'empty'
  | 'page';

/** The faults of a request, with their share in percent and the kind of the error; without a kind if the answer is whole. */
const faults: Readonly<Record<FaultName, readonly [percent: number, kind?: StreamErrorKind]>> = {
  none: [26],
  slow: [5],
  keepAlives: [6],
  openAfterTheEnd: [5],
  reset: [7, 'connection'],
  closed: [6, 'connection'],
  endsEarly: [6, 'truncated'],
  endsInsideAnEvent: [3, 'truncated'],
  stallsBeforeHeaders: [3, 'timeout'],
  stalls: [4, 'timeout'],
  stallsWithKeepAlives: [4, 'timeout'],
  tooManyRequests: [6, 'rate-limit'],
  serverError: [6, 'server'],
  serverErrorStalls: [2, 'timeout'],
  badRequest: [2, 'invalid-request'],
  badJson: [3, 'malformed-event'],
  errorInStream: [3, 'overloaded'],
  empty: [2, 'empty'],
  page: [1, 'content-type'],
};

/** The kind of the error of a fault; undefined if the answer is whole. */
export function kindOf(fault: FaultName): StreamErrorKind | undefined {
  return faults[fault][1];
}

export function faultOf(seed: number, { stream, attempt }: RequestName): FaultName {
  let chance = seededRandom(seed, stream, attempt, 1)() * 100;
  for (const [name, [percent]] of Object.entries(faults)) {
    chance -= percent;
    if (chance < 0) return name as FaultName;
  }
  return 'none';
}

/** The answer of a stream, the same for every attempt. */
export function answerOf(seed: number, stream: number): readonly string[] {
  const random = seededRandom(seed, stream, 2);
  return Array.from({ length: between(random, 2, 24) }, (_, index) => `${'wörd '.repeat(between(random, 1, 6))}${index} `);
}

/** The name of a request is sent as the name of the model, which every wire has. */
export function modelOf({ stream, attempt }: RequestName): string {
  return `soak-${stream}-${attempt}`;
}

export function nameOf(model: string): RequestName {
  const [, stream, attempt] = model.split('-').map(Number);
  return { stream: stream ?? 0, attempt: attempt ?? 0 };
}
