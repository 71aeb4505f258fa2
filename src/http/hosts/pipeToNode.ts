import { type Observable, Subscription } from 'rxjs';
import type { DeltaEvent } from '../../events.js';
import { errorAnswer } from './errorAnswer.js';
import { frameEvents } from './framing.js';
import { checkHostOptions, type HostOptions, streamHeaders } from './hostOptions.js';
import { createOutlet, type Outlet, type Sink } from './outlet.js';

/** What is used of the response of `node:http`, which is also that of Express, and the `raw` one of Fastify. */
export interface NodeResponse {
  readonly destroyed: boolean;
  readonly headersSent: boolean;
  readonly writableLength: number;
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  write(text: string): boolean;
  end(text?: string): unknown;
  destroy(): unknown;
  on(event: string, listener: () => void): unknown;
}

/**
 * Sends a stream as the response of `node:http`, Express or Fastify.
 *
 *     events     --ping--start--a--b--c--finish|
 *     response             200 (start)--a--b--c--finish|
 *
 * Subscribes at once, and answers as {@link toResponse} does: with the status of an error that came before the first event, else with the events
 * and, at the end, the error that the wire reports. With Express, call it in the handler; with Fastify, call `reply.hijack()` and give it `reply.raw`.
 *
 * With `demand`, the handle that the source was given too, a client that reads slowly holds the provider back. Without it, at most
 * `maxBufferedBytes` are held. A client that leaves unsubscribes the stream, which aborts the provider's request.
 *
 * @returns The subscription: unsubscribing aborts the provider's request and breaks the response off.
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError for a number out of range.
 * @example
 * createServer((request, response) => {
 *   const demand = createDemand();
 *   pipeToNode(fromMessages(client, params, { demand }), response, { wire: sse(), demand });
 * });
 */
export function pipeToNode(events$: Observable<DeltaEvent>, response: NodeResponse, options: HostOptions): Subscription {
  checkHostOptions('pipeToNode', options);
  checkResponse(response);
  const { wire } = options;
  if (response.destroyed) return Subscription.EMPTY;
  let outlet: Outlet | undefined;
  const drained = (): void => outlet?.drained();
  const left = (): void => outlet?.close();

  const sink: Sink = {
    get held() {
      return response.writableLength;
    },
    open() {
      if (!response.headersSent) response.writeHead(200, streamHeaders(wire));
    },
    refuse(error) {
      const { status, headers, body } = errorAnswer(error);
      response.writeHead(status, headers);
      response.end(body);
    },
    write: (text) => response.write(text),
    end: () => void response.end(),
    abort: () => void response.destroy(),
  };

  response.on('drain', drained);
  // Of the response, not of the request, which closes as soon as its body is read.
  response.on('close', left);
  // A client that left in the middle of a write is no fault of this server.
  response.on('error', left);
  outlet = createOutlet(events$, frameEvents(wire), options, sink, { ready: true, opened: response.headersSent });
  return outlet.subscription;
}

function checkResponse(response: unknown): void {
  const { writeHead, write } = Object(response) as Partial<NodeResponse>;
  if (typeof writeHead === 'function' && typeof write === 'function') return;
  throw new TypeError('pipeToNode: response must be a response of node:http; of Fastify, reply.raw');
}
