export interface LineHandlers {
  /** A line: `text` from `from` to `end`, without its ending. */
  line(text: string, from: number, end: number): void;
  /** More of a line whose end has not come. */
  piece(text: string): void;
  /** Takes whole lines at once where one begins, in a text without carriage returns, and tells where the next one begins. */
  skip?(text: string, from: number): number;
}

export interface LineReader {
  write(text: string): void;
  /** The end of the text, which ends the last line. */
  end(): void;
  /** Stops at once, also in the middle of a text. */
  stop(): void;
}

const lineFeed = 10;

/** Every second line of an event stream is empty: those need no search. */
function endOfLine(text: string, from: number): number {
  return text.charCodeAt(from) === lineFeed ? from : text.indexOf('\n', from);
}

/** Finds the lines of a text that comes in pieces; a line ends at LF, CRLF or CR, and is there as soon as that is. */
export function createLineReader(handlers: LineHandlers): LineReader {
  /** The pieces of a line whose end has not come: searched once each, and joined once. */
  let pieces: string[] = [];
  let afterCarriageReturn = false;
  let stopped = false;

  function takeLine(text: string, from: number, end: number): void {
    if (pieces.length === 0) return handlers.line(text, from, end);
    const line = pieces.join('') + text.slice(from, end);
    pieces = [];
    handlers.line(line, 0, line.length);
  }

  function skip(text: string, from: number): number {
    return handlers.skip && pieces.length === 0 && !stopped ? handlers.skip(text, from) : from;
  }

  /** Reads whole lines and tells where the rest begins. */
  function readLines(text: string, start: number): number {
    let from = skip(text, start);
    for (let end = endOfLine(text, from); end >= 0 && !stopped; end = endOfLine(text, from)) {
      takeLine(text, from, end);
      from = skip(text, end + 1);
    }
    return from;
  }

  /** The same for a text that has a carriage return; each search goes on where the last one of its kind ended. */
  function readMixedLines(text: string, start: number, firstReturn: number): number {
    let from = start;
    let carriageReturn = firstReturn;
    let end = text.indexOf('\n', from);
    while (carriageReturn >= 0 && !stopped) {
      if (end >= 0 && end < carriageReturn) {
        takeLine(text, from, end);
        from = end + 1;
      } else {
        takeLine(text, from, carriageReturn);
        from = carriageReturn + (end === carriageReturn + 1 ? 2 : 1);
        afterCarriageReturn = carriageReturn === text.length - 1;
        carriageReturn = text.indexOf('\r', from);
      }
      if (end >= 0 && end < from) end = text.indexOf('\n', from);
    }
    return stopped ? from : readLines(text, from);
  }

  return {
    write(text) {
      if (text === '' || stopped) return;
      const start = afterCarriageReturn && text.charCodeAt(0) === lineFeed ? 1 : 0;
      afterCarriageReturn = false;
      // Most streams have none, and then one search a text is all that it costs.
      const carriageReturn = text.indexOf('\r', start);
      const rest = carriageReturn < 0 ? readLines(text, start) : readMixedLines(text, start, carriageReturn);
      if (rest === text.length || stopped) return;
      const piece = text.slice(rest);
      pieces.push(piece);
      handlers.piece(piece);
    },
    end() {
      if (pieces.length > 0 && !stopped) takeLine('', 0, 0);
    },
    stop() {
      stopped = true;
      pieces = [];
    },
  };
}
