/** Cuts text that comes in pieces into lines. */
export interface LineSplitter {
  write(text: string): void;
  /** The end of the text: delivers an unfinished last line, if there is one. */
  end(): void;
  /** Stops at once, also in the middle of a piece: no line is delivered any more. */
  stop(): void;
}

const carriageReturn = 13;

/**
 * A line ends at LF or CRLF, wherever the pieces are cut; a CR of its own is a part of its line, as in TOON and unlike in an event stream
 * (lines.ts).
 */
export function createLineSplitter(onLine: (line: string) => void): LineSplitter {
  /** A line whose end has not come: only appended to, because to search or index it would copy it each time. */
  let rest = '';
  let stopped = false;

  function deliver(end: string): void {
    const line = rest === '' ? end : rest + end;
    rest = '';
    onLine(withoutCarriageReturn(line));
  }

  return {
    write(text) {
      let from = 0;
      for (let end = text.indexOf('\n'); end >= 0 && !stopped; end = text.indexOf('\n', from)) {
        deliver(text.slice(from, end));
        from = end + 1;
      }
      if (from < text.length && !stopped) rest += text.slice(from);
    },
    end() {
      if (rest !== '') deliver('');
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
