import type { Observable } from 'rxjs';
import { errorAnswer } from './errorAnswer.js';
import type { Framing } from './framing.js';
import { type HostOptions, streamHeaders } from './hostOptions.js';
import { createOutlet, type Outlet, type Sink } from './outlet.js';

/** Sends a stream as a `Response`, which resolves with its head. */
export function fetchResponse<T>(items$: Observable<T>, framing: Framing<T>, options: HostOptions): Promise<Response> {
  const { wire } = options;
  return new Promise((resolve) => {
    let outlet: Outlet | undefined;
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const encoder = new TextEncoder();

    function openBody(): ReadableStream<Uint8Array> {
      return new ReadableStream<Uint8Array>(
        {
          start(each) {
            controller = each;
          },
          pull: () => outlet?.drained(),
          cancel: () => outlet?.close(),
        },
        { highWaterMark: 0 },
      );
    }

    const sink: Sink = {
      held: 0,
      open: () => resolve(new Response(openBody(), { headers: streamHeaders(wire) })),
      refuse(error) {
        const { body, ...head } = errorAnswer(error);
        resolve(new Response(body, head));
      },
      write(text) {
        controller?.enqueue(encoder.encode(text));
        return false;
      },
      end: () => controller?.close(),
      // It has no reader: the signal has aborted before the head.
      abort: () => resolve(new Response(null, { status: clientLeft })),
    };
    outlet = createOutlet(items$, framing, options, sink, { ready: false, opened: false });
  });
}

const clientLeft = 499;
