import { createServer, type Server } from 'node:http';
import { asyncScheduler, defer, type Observable, tap } from 'rxjs';
import { type DeltaEvent, retryStream, shareStream } from 'rxllm';
import { pipeToNode, sse } from 'rxllm/http';

/**
 * Sends one request for each chat, however many tabs read it. A tab that comes later first gets the answer so far; until `keepMs` after its end it gets
 * the whole answer. The request is aborted when the last tab has closed.
 */
export function createRooms(
  ask: (chat: string) => Observable<DeltaEvent>,
  { keepMs }: { readonly keepMs: number },
): (chat: string) => Observable<DeltaEvent> {
  const rooms = new Map<string, Observable<DeltaEvent>>();

  function openRoom(chat: string): Observable<DeltaEvent> {
    const close = (): void => void rooms.delete(chat);
    const room$ = ask(chat).pipe(
      retryStream(),
      // Upstream of the share, so that it is called once for the request, and not once for each tab.
      tap({ complete: () => asyncScheduler.schedule(close, keepMs), error: close, unsubscribe: close }),
      shareStream(),
    );
    rooms.set(chat, room$);
    return room$;
  }

  return (chat) => defer(() => rooms.get(chat) ?? openRoom(chat));
}

/** A server whose tabs ask for `/chat-1`. */
export function serveRooms(room: (chat: string) => Observable<DeltaEvent>): Server {
  return createServer((request, response) => {
    pipeToNode(room(new URL(request.url ?? '/', 'http://localhost').pathname.slice(1)), response, { wire: sse() });
  });
}
