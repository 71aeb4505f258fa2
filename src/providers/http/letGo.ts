import { asyncScheduler } from 'rxjs';

/** How long a finished body is read on: a body that was read to its end leaves a connection that can be used again. */
const drainMs = 100;

export async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const deadline = asyncScheduler.schedule(() => discard(reader), drainMs);
  try {
    while (!(await reader.read()).done);
  } catch {
    // The answer is complete: what becomes of the connection is no matter.
  }
  deadline.unsubscribe();
}

/** Lets a body go. One that broke off, or is read by somebody else, is gone already. */
export function discard(body: { cancel(): Promise<void> } | null | undefined): void {
  body?.cancel().catch(() => undefined);
}
