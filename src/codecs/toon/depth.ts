import { LimitError } from '../../errors.js';
import type { ToonSink } from './sink.js';

/** The deepest nesting that is read: beyond it the grammar's own stack is at risk. */
const maxToonDepth = 256;

/** @throws LimitError if it is deeper than the limit. */
export function refuseDepth(depth: number): void {
  if (depth > maxToonDepth) throw new LimitError('maxDepth', maxToonDepth);
}

/** Passes everything on, up to the limit. */
export function limitDepth(sink: ToonSink): ToonSink {
  let depth = 0;
  return {
    ...sink,
    startObject(line) {
      refuseDepth(++depth);
      sink.startObject(line);
    },
    endObject(line) {
      depth--;
      sink.endObject(line);
    },
    startArray(length, line) {
      refuseDepth(++depth);
      sink.startArray(length, line);
    },
    endArray(line) {
      depth--;
      sink.endArray(line);
    },
    row(value, line, levels) {
      refuseDepth(depth + levels);
      sink.row(value, line, levels);
    },
  };
}
