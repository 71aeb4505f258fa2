import { HttpClient } from '@angular/common/http';
import { inject } from '@angular/core';
import type { Observable } from 'rxjs';
import type { DeltaEvent, Turn } from 'rxllm';
import { fromHttpEvents, fromWire, sse } from 'rxllm/http';
import { authorization } from './authorize';

/** What the server is asked for. */
export interface ChatRequest {
  /** Names this answer, so that it can be read on after a cut or a reload. */
  readonly id: string;
  readonly turns: readonly Turn[];
  /** By callId, whether a call may run. */
  readonly decisions: Readonly<Record<string, boolean>>;
  /** What the provider of this demo does wrong. */
  readonly fault: string;
}

export type TransportName = 'fromWire' | 'HttpClient';
export type Transport = (request: ChatRequest) => Observable<DeltaEvent>;

const api = '/api/chat';
const headers = { authorization, 'content-type': 'application/json' };
const events = { observe: 'events', responseType: 'text', reportDownloadProgress: true } as const;

/** The two ways to a stream: `fromWire` goes on where a connection broke off, `HttpClient` passes the interceptors. */
export function injectTransports(): Readonly<Record<TransportName, Transport>> {
  const http = inject(HttpClient);
  return {
    fromWire: (request) => fromWire(({ signal, lastEventId }) => send(request, signal, lastEventId), { wire: sse() }),
    HttpClient: (request) => http.post(api, request, events).pipe(fromHttpEvents(sse())),
  };
}

/** The first request asks, and those after a cut read on. */
function send(request: ChatRequest, signal: AbortSignal, lastEventId: string | undefined): Promise<Response> {
  if (lastEventId !== undefined) return read(request.id, signal, lastEventId);
  return fetch(api, { method: 'POST', headers, body: JSON.stringify(request), signal });
}

function read(id: string, signal: AbortSignal, lastEventId = ''): Promise<Response> {
  return fetch(`${api}/${id}`, {
    headers: lastEventId ? { authorization, 'last-event-id': lastEventId } : { authorization },
    signal,
  });
}

/** Reads an answer from its beginning that an earlier page asked for. Completes without an event if the server has it no more. */
export function resumeAnswer(id: string): Observable<DeltaEvent> {
  return fromWire(({ signal, lastEventId }) => read(id, signal, lastEventId), { wire: sse() });
}

/** Ends an answer on the server, which would go on with it for a reader who comes back. */
export function cancelAnswer(id: string): void {
  fetch(`${api}/${id}`, { method: 'DELETE', headers: { authorization }, keepalive: true }).catch(() => undefined);
}
