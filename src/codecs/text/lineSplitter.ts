/** Splits text that arrives in pieces into lines. */
export interface LineSplitter {
  write(text: string): void;
  /** Ends the text: emits an unfinished last line, if there is one. */
  end(): void;
  /** Stops at once, also in the middle of a piece: emits no further line. */
  stop(): void;
}

const carriageReturn = 13;

/**
 * Lines end at LF or CRLF, however the text is cut into pieces. A lone CR is part of its line, as in TOON and unlike in an event stream
 * (lines.ts).
 *
 * @param onLine Receives each line without its line ending.
 */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  /** The unfinished line. It is only appended to: searching or indexing it would copy it each time. */
  let rest = '';
  let stopped = false;

  function emitLine(end: string): void {
    const line = rest === '' ? end : rest + end;
    rest = '';
    onLine(withoutCarriageReturn(line));
  }

  return {
    write(text) {
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0 && !stopped; end = text.indexOf('\n', from)) {
        emitLine(text.slice(from, end));
        from = end + 1;
      }
      if (from < text.length && !stopped) rest += text.slice(from);
    },
    end() {
      if (rest !== '') emitLine('');
      stopped = true;
    },
    stop() {
      stopped = true;
      rest = '';
    },
  };
}

function withoutCarriageReturn(line: string): string {
  return line.charCodeAt(line.length - 1) === carriageReturn ? line.slice(0, -1) : line;
}
