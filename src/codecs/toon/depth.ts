import { LimitError } from '../../errors.js';
import type { ToonSink } from './sink.js';

/** The deepest nesting to read: deeper nesting could overflow the stack of the grammar. */
const maxToonDepth = 256;

/** @throws LimitError past the limit. */
export function checkDepth(depth: number): void {
  if (depth > maxToonDepth) throw new LimitError('maxDepth', maxToonDepth);
}

/** Wraps a sink: forwards every call, and throws LimitError past the limit. */
export function limitDepth(sink: ToonSink): ToonSink {
  let depth = 0;
  return {
    ...sink,
    startObject(line) {
      checkDepth(++depth);
      sink.startObject(line);
    },
    endObject(line) {
      depth--;
      sink.endObject(line);
    },
    startArray(length, line) {
      checkDepth(++depth);
      sink.startArray(length, line);
    },
    endArray(line) {
      depth--;
      sink.endArray(line);
    },
    row(value, line, levels) {
      checkDepth(depth + levels);
      sink.row(value, line, levels);
    },
  };
}
