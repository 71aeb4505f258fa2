import { asyncScheduler } from 'rxjs';
import { checkCount, checkEach, checkNotNegative } from '../../../kernel/options.js';
import { releaseBody } from '../../http/bodies.js';
import { openEventStream } from '../../http/openEventStream.js';
import type { Send } from '../../http/sendRequest.js';
import { resumedBody } from './resumedBody.js';

export interface ResumeOptions {
  /** How many times at most the response is read again. @defaultValue 3 */
  readonly maxResumes?: number;
  /** The wait before that, in milliseconds; a provider's Retry-After is never undercut. @defaultValue 1,000 */
  readonly delayMs?: number;
}

/** The requests for a response that exists. */
export interface ResponseRequests {
  /** Reads its events after one of them, or all. */
  reread(id: string, after: number | undefined): Send;
  /** Cancels it; undefined if it is to go on. */
  cancel: ((id: string) => Send) | undefined;
}

const defaultMaxEventBytes = 16 * 1024 * 1024;
/** How long the request that cancels a response may take. */
const cancelMs = 10_000;

/** @throws TypeError or RangeError that names the option. */
export function checkResume(name: string, options: ResumeOptions | undefined): void {
  if (options === undefined) return;
  checkEach(name, options, {
    maxResumes: (option, value) => checkCount(`${name}.${option}`, value),
    delayMs: (option, value) => checkNotNegative(`${name}.${option}`, value),
  });
}

/** A request whose response is read again where its connection is cut, and cancelled when it is unsubscribed. */
export function resumeResponse(
  send: Send,
  requests: ResponseRequests,
  { maxResumes = 3, delayMs = 1_000 }: ResumeOptions,
  maxEventBytes: number = defaultMaxEventBytes,
): Send {
  const resumed: Send = async (signal, report) => {
    const response = await send(signal, report);
    const body = await openEventStream(response, signal);
    const events = resumedBody(body, {
      maxResumes,
      delayMs,
      maxEventBytes,
      signal,
      reread: (id, after) => requests.reread(id, after)(signal, report),
      abandon: (id) => void (requests.cancel && cancelResponse(requests.cancel(id))),
    });
    const headers = new Headers(response.headers);
    headers.set('content-type', 'text/event-stream');
    return new Response(events, { status: response.status, headers });
  };
  return Object.assign(resumed, { secrets: send.secrets });
}

/** Nothing awaits it: the stream has ended, and a response that cannot be cancelled ends by itself. */
async function cancelResponse(cancel: Send): Promise<void> {
  const controller = new AbortController();
  const limit = asyncScheduler.schedule(() => controller.abort(), cancelMs);
  try {
    releaseBody((await cancel(controller.signal)).body);
  } catch {
    // As above.
  }
  limit.unsubscribe();
}
