import { asyncScheduler } from 'rxjs';
import { tryParseJson } from '../../codecs/json/tryParseJson.js';
import type { JsonValue } from '../../events.js';

export interface ReadBounds {
  readonly maxBytes: number;
  readonly maxMs: number;
}

/** How much of a body that is no event stream is read: an error's text, or a page. */
export const errorBodyBounds: ReadBounds = { maxBytes: 64_000, maxMs: 3_000 };

/** Reads a body as text up to the bounds, or until it breaks off, and releases it. The promise never rejects. */
export async function readBounded(body: ReadableStream<Uint8Array>, bounds: ReadBounds = errorBodyBounds): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  const deadline = asyncScheduler.schedule(() => releaseBody(reader), bounds.maxMs);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, bounds.maxBytes - bytes), { stream: true });
      bytes += value.length;
      if (bytes >= bounds.maxBytes) break;
    }
  } catch {
    // The text before the fault is still of use.
  }
  deadline.unsubscribe();
  releaseBody(reader);
  return text + decoder.decode();
}

/** Parses the text of a body; returns the text itself if it is not JSON. */
export function jsonOrText(text: string): JsonValue {
  const value = tryParseJson(text);
  return value === undefined ? text : value;
}

/** How long a finished body is read on: only a body that was read to its end frees its connection for the next request. */
const drainMs = 100;

/** Reads a finished body to its end, so that its connection can be used again, and releases it if that takes long. */
export async function drainBody(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const deadline = asyncScheduler.schedule(() => releaseBody(reader), drainMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer is complete: a fault of the connection does not matter any more.
  }
  deadline.unsubscribe();
}

/** Releases a body and its connection. A body that broke off, or that has another reader, needs no release: its rejection is ignored. */
export function releaseBody(body: { cancel(): Promise<void> } | null | undefined): void {
  body?.cancel().catch(() => undefined);
}
