import { asyncScheduler } from 'rxjs';

export interface ReadBounds {
  readonly maxBytes: number;
  readonly maxMs: number;
}

/** What is worth reading of a body that is no event stream: an error's text, or a page. */
export const errorBodyBounds: ReadBounds = { maxBytes: 64_000, maxMs: 3_000 };

/** The beginning of a body as text, whatever becomes of the rest: never rejects, and lets the connection go. */
export async function readBounded(body: ReadableStream<Uint8Array>, bounds: ReadBounds = errorBodyBounds): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const deadline = asyncScheduler.schedule(() => void reader.cancel().catch(() => undefined), bounds.maxMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, bounds.maxBytes - bytes), { stream: true });
      bytes += value.length;
      if (bytes >= bounds.maxBytes) break;
    }
  } catch {
    // A body that broke off still tells what came of it.
  }
  deadline.unsubscribe();
  reader.cancel().catch(() => undefined);
  return text + decoder.decode();
}
