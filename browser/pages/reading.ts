import type { Subscription } from 'rxjs';
import { accumulateText, isStreamError } from 'rxllm';
import { fromWire, sse } from 'rxllm/http';

/** What a page has read of a stream. */
export interface ReadingState {
  readonly status: 'reading' | 'complete' | 'error';
  readonly text: string;
  /** The error's class, kind, and the text that came before it. */
  readonly error: { readonly name: string; readonly kind: string; readonly partial: string } | undefined;
}

/** Reads a stream, and reports each change. */
export function readStream(url: string, report: (state: ReadingState) => void): Subscription {
  let text = '';
  return fromWire(url, { wire: sse() })
    .pipe(accumulateText())
    .subscribe({
      next(value) {
        text = value;
        report({ status: 'reading', text, error: undefined });
      },
      error(error: unknown) {
        if (!isStreamError(error))
          return report({ status: 'error', text, error: { name: String(error), kind: '', partial: '' } });
        const { name, kind, partial } = error;
        report({ status: 'error', text, error: { name, kind, partial: partial?.text ?? '' } });
      },
      complete: () => report({ status: 'complete', text, error: undefined }),
    });
}
