/** Whose text is read: where reading stands is kept there, as plain data, so that a thousand streams share one reader. */
export interface LineOwner {
  readonly lines: LineState;
}

/** Where the reading of a text stands. */
export interface LineState {
  /** The pieces of a line whose end has not come: searched once each, and joined once. */
  pieces: string[];
  afterCarriageReturn: boolean;
  stopped: boolean;
}

export function createLineOwner(): LineOwner {
  return { lines: { pieces: [], afterCarriageReturn: false, stopped: false } };
}

export interface LineHandlers<Owner> {
  /** A line: `text` from `from` to `end`, without its ending. */
  line(owner: Owner, text: string, from: number, end: number): void;
  /** More of a line whose end has not come. */
  piece(owner: Owner, text: string): void;
  /** Takes whole lines at once where one begins, in a text without carriage returns, and tells where the next one begins. */
  skip?(owner: Owner, text: string, from: number): number;
}

export interface LineReader<Owner> {
  write(owner: Owner, text: string): void;
  /** The end of the text, which ends the last line. */
  end(owner: Owner): void;
  /** Stops at once, also in the middle of a text. */
  stop(owner: Owner): void;
}

const lineFeed = 10;

/** Every second line of an event stream is empty: those need no search. */
function endOfLine(text: string, from: number): number {
  return text.charCodeAt(from) === lineFeed ? from : text.indexOf('\n', from);
}

/** Finds the lines of texts that come in pieces; a line ends at LF, CRLF or CR, and is there as soon as that is. */
export function createLineReader<Owner extends LineOwner>(handlers: LineHandlers<Owner>): LineReader<Owner> {
  function takeLine(owner: Owner, text: string, from: number, end: number): void {
    const { lines } = owner;
    if (lines.pieces.length === 0) return handlers.line(owner, text, from, end);
    const line = lines.pieces.join('') + text.slice(from, end);
    lines.pieces = [];
    handlers.line(owner, line, 0, line.length);
  }

  function skip(owner: Owner, text: string, from: number): number {
    const { pieces, stopped } = owner.lines;
    return handlers.skip && pieces.length === 0 && !stopped ? handlers.skip(owner, text, from) : from;
  }

  /** Reads whole lines and tells where the rest begins. */
  function readLines(owner: Owner, text: string, start: number): number {
    let from = skip(owner, text, start);
    for (let end = endOfLine(text, from); end >= 0 && !owner.lines.stopped; end = endOfLine(text, from)) {
      takeLine(owner, text, from, end);
      from = skip(owner, text, end + 1);
    }
    return from;
  }

  /** The same for a text that has a carriage return; each search goes on where the last one of its kind ended. */
  function readMixedLines(owner: Owner, text: string, start: number, firstReturn: number): number {
    const { lines } = owner;
    let from = start;
    let carriageReturn = firstReturn;
    let end = text.indexOf('\n', from);
    while (carriageReturn >= 0 && !lines.stopped) {
      if (end >= 0 && end < carriageReturn) {
        takeLine(owner, text, from, end);
        from = end + 1;
      } else {
        takeLine(owner, text, from, carriageReturn);
        from = carriageReturn + (end === carriageReturn + 1 ? 2 : 1);
        lines.afterCarriageReturn = carriageReturn === text.length - 1;
        carriageReturn = text.indexOf('\r', from);
      }
      if (end >= 0 && end < from) end = text.indexOf('\n', from);
    }
    return lines.stopped ? from : readLines(owner, text, from);
  }

  return {
    write(owner, text) {
      const { lines } = owner;
      if (text === '' || lines.stopped) return;
      const start = lines.afterCarriageReturn && text.charCodeAt(0) === lineFeed ? 1 : 0;
      lines.afterCarriageReturn = false;
      // Most streams have none, and then one search a text is all that it costs.
      const carriageReturn = text.indexOf('\r', start);
      const rest = carriageReturn < 0 ? readLines(owner, text, start) : readMixedLines(owner, text, start, carriageReturn);
      if (rest === text.length || lines.stopped) return;
      const piece = text.slice(rest);
      lines.pieces.push(piece);
      handlers.piece(owner, piece);
    },
    end(owner) {
      if (owner.lines.pieces.length > 0 && !owner.lines.stopped) takeLine(owner, '', 0, 0);
    },
    stop({ lines }) {
      lines.stopped = true;
      lines.pieces = [];
    },
  };
}
