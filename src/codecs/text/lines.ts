/** The object that carries the line state of one subscription. The state is plain data, so that all streams share one line reader. */
export interface LineOwner {
  readonly lines: LineState;
}

/** The line state of one stream. */
export interface LineState {
  /** The pieces of the unfinished line: each is searched once, and they are joined once. */
  pieces: string[];
  afterCarriageReturn: boolean;
  stopped: boolean;
}

export function createLineOwner(): LineOwner {
  return { lines: { pieces: [], afterCarriageReturn: false, stopped: false } };
}

export interface LineHandlers<Owner> {
  /** Receives a line: `text` from `from` to `end`, without its line ending. */
  line(owner: Owner, text: string, from: number, end: number): void;
  /** Receives another piece of the unfinished line. */
  piece(owner: Owner, text: string): void;
  /**
   * May read whole lines by itself: called at the first character of a line, in a text without carriage returns. Returns the index at which
   * the line reader continues, `from` if nothing was read.
   */
  readAhead?(owner: Owner, text: string, from: number): number;
}

export interface LineReader<Owner> {
  write(owner: Owner, text: string): void;
  /** Ends the text, and with it the last line. */
  end(owner: Owner): void;
  /** Stops at once, also in the middle of a text: no handler is called any more. */
  stop(owner: Owner): void;
}

const lineFeed = 10;

/** Every second line of an event stream is empty: checking for that first saves the search. */
function endOfLine(text: string, from: number): number {
  return text.charCodeAt(from) === lineFeed ? from : text.indexOf('\n', from);
}

/** Finds lines in text that arrives in pieces. A line ends at LF, CRLF or CR and is emitted as soon as the first character of that is read. */
export function createLineReader<Owner extends LineOwner>(handlers: LineHandlers<Owner>): LineReader<Owner> {
  function emitLine(owner: Owner, text: string, from: number, end: number): void {
    const { lines } = owner;
    if (lines.pieces.length === 0) return handlers.line(owner, text, from, end);
    const line = lines.pieces.join('') + text.slice(from, end);
    lines.pieces = [];
    handlers.line(owner, line, 0, line.length);
  }

  function readAhead(owner: Owner, text: string, from: number): number {
    const { pieces, stopped } = owner.lines;
    return handlers.readAhead && pieces.length === 0 && !stopped ? handlers.readAhead(owner, text, from) : from;
  }

  /** Reads all whole lines and returns the index of the unfinished one. */
  function readLines(owner: Owner, text: string, start: number): number {
    let from = readAhead(owner, text, start);
    for (let end = endOfLine(text, from); end >= 0 && !owner.lines.stopped; end = endOfLine(text, from)) {
      emitLine(owner, text, from, end);
      from = readAhead(owner, text, end + 1);
    }
    return from;
  }

  return {
    write(owner, text) {
      const { lines } = owner;
      if (text === '' || lines.stopped) return;
      const start = lines.afterCarriageReturn && text.charCodeAt(0) === lineFeed ? 1 : 0;
      lines.afterCarriageReturn = text.endsWith('\r');
      // Most streams contain no carriage return, so this one search per text is their whole cost.
      const whole = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
      const rest = readLines(owner, whole, start);
      if (rest === whole.length || lines.stopped) return;
      const piece = whole.slice(rest);
      lines.pieces.push(piece);
      handlers.piece(owner, piece);
    },
    end(owner) {
      if (owner.lines.pieces.length > 0 && !owner.lines.stopped) emitLine(owner, '', 0, 0);
    },
    stop({ lines }) {
      lines.stopped = true;
      lines.pieces = [];
    },
  };
}
