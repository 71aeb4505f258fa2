import { defer, mergeMap, type Observable } from 'rxjs';
import { checkSource } from '../../durable/checkSource.js';
import { checkStore } from '../../durable/checkStore.js';
import { type DurableOptions, durableChecks } from '../../durable/durableOptions.js';
import { claimStream } from '../../durable/ownStream.js';
import { readPaused } from '../../durable/readPaused.js';
import { checkStreamId } from '../../durable/streamId.js';
import type { StreamEntry, StreamStore } from '../../durable/streamStore.js';
import type { DeltaEvent } from '../../events.js';
import { createDemand } from '../../handles/createDemand.js';
import { checkSignal } from '../../kernel/callerAbort.js';
import { checkEach, checkPositive } from '../../kernel/options.js';
import { checkWire } from '../wires/checkWire.js';
import type { Wire } from '../wires/wire.js';
import { fetchResponse } from './fetchResponse.js';
import { type FramePlace, frameEntries, readFrameId } from './framing.js';
import type { ResumeRequest } from './readRunId.js';
import { resumedEntries } from './resumedEntries.js';

/** How a stream of a store is sent, and produced by the first request for it. */
export interface ResumeResponseOptions extends DurableOptions {
  /** The protocol by which the events cross, and the way in which its clients resume. */
  readonly wire: Wire;
  /**
   * The stream that this request asks for: it is produced if the id has no producer yet. A request that goes on after a frame never produces.
   * @defaultValue the stream must be there
   */
  readonly source$?: Observable<DeltaEvent> | undefined;
  /** Ends the response when it aborts, and not the stream. @defaultValue none */
  readonly signal?: AbortSignal | undefined;
  /** After this silence a comment is sent, so that no proxy closes the connection, in milliseconds. @defaultValue 15,000 */
  readonly keepAliveMs?: number | undefined;
}

/**
 * Answers a request for a stream of a store with a Fetch `Response`: the first one with the whole stream, one that was cut with the rest.
 *
 *     store        1-1 1-2 1-3 --- 1-4 1-5|
 *     first        (1-1 1-2 1-3)!               the connection is cut
 *     again                     (1-3)-1-4-1-5|    Last-Event-ID: 1-2
 *
 * Every frame has an id, so that {@link fromWire} and TanStack's client go on by themselves: with `Last-Event-ID`, by the same request again or by
 * GET. The client of the AI SDK asks by GET, without an id, and is given the whole answer of a stream that runs, and 204 else. Give all of them the same handler:
 *
 * - with `source$`, the first request for the id produces the stream, as `durable` does, and any other follows
 * - without it, nothing is produced: 404 for a stream that is not there
 * - 410 where the frame is not one of this stream: the client begins again
 *
 * A client that closes its connection ends its response and not the stream: {@link cancelResponse} does that. One that reads slowly costs no memory, because the log
 * holds the rest. An error before the first frame is a status, as {@link toResponse} has it; an error that the stream emits is sent by the wire.
 *
 * @param id Names the stream for everyone. Where a client chooses it ({@link readRunId}), put the account of the user in front of it.
 * @param request A Fetch `Request`, or its method, URL and headers.
 * @returns A promise that never rejects.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number or an `id` out of range.
 * @example
 * app.post('/api/answer', async (c) => {
 *   const { req } = c;
 *   const source$ = fromMessages(client, params(await req.json()));
 *   return resumeResponse(store, `${user.id}:${readRunId(req.raw)}`, req.raw, { wire: sse(), source$ });
 * });
 */
export function resumeResponse(
  store: StreamStore,
  id: string,
  request: ResumeRequest,
  options: ResumeResponseOptions,
): Promise<Response> {
  checkStore('resumeResponse', store);
  checkStreamId('resumeResponse', id);
  checkRequest(request);
  checkEach('resumeResponse', options, {
    ...durableChecks,
    wire: checkWire,
    source$: (_, source) => source === undefined || checkSource('resumeResponse', source),
    signal: checkSignal,
    keepAliveMs: checkPositive,
  });
  const { wire, source$, signal, keepAliveMs, ...producing } = options;
  const place = placeOf(request);
  /** Of this response: the log holds what a slow client has not read. */
  const demand = createDemand();
  const read = (after?: string): Observable<StreamEntry> => readPaused(store, id, after, demand);
  const rest$ = resumedEntries(read, place, wire.isStateless ?? false);
  const produced$ =
    source$ && !place ? defer(() => claimStream({ store, id, source$, options: producing })).pipe(mergeMap(() => rest$)) : rest$;
  const send = (): Promise<Response> => fetchResponse(produced$, frameEntries(wire), { wire, signal, keepAliveMs, demand });
  const replays = wire.replays && !place && !source$ && request.method === 'GET';
  return replays ? replay(store, id, send) : send();
}

/** For a client that has no id: nothing, unless the stream runs. */
async function replay(store: StreamStore, id: string, send: () => Promise<Response>): Promise<Response> {
  const isOpen = store.isOpen ? await store.isOpen(id).catch(() => true) : true;
  const response = isOpen ? await send() : undefined;
  return response && response.status !== notFound ? response : new Response(null, { status: noContent });
}

const notFound = 404;
const noContent = 204;

function placeOf({ headers }: ResumeRequest): FramePlace | undefined {
  const id = headers.get('last-event-id');
  return id ? readFrameId(id) : undefined;
}

function checkRequest(request: unknown): void {
  const { method, url, headers } = Object(request) as Partial<ResumeRequest>;
  if (typeof method === 'string' && typeof url === 'string' && typeof headers?.get === 'function') return;
  throw new TypeError('resumeResponse: request must be a Request');
}
