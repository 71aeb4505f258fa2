import { Service } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { auditTime, defer, type MonoTypeOperatorFunction, map, merge, Subject, tap } from 'rxjs';
import { type DeltaEvent, type JsonValue, toErrorInfo } from 'rxllm';

/** One event, or several alike that came at nearly the same time. */
export interface Marble {
  /** Its place among all of the stream. */
  readonly index: number;
  readonly type: string;
  readonly count: number;
  /** When the first of them came, in milliseconds after the request. */
  readonly at: number;
  readonly detail: string;
}

/** What was seen of the stream that runs, or ran last. */
export interface Recording {
  readonly marbles: readonly Marble[];
  readonly total: number;
  readonly characters: number;
  /** Of the first and of the last delta, in milliseconds after the request. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** The last progress of each tool, by callId. */
  readonly progress: Readonly<Record<string, JsonValue>>;
}

/** What a stream does: it emits an event, or ends. */
type Happening = DeltaEvent | { readonly type: 'complete' | 'unsubscribe' | 'error'; readonly detail: string };

const nothing: Recording = { marbles: [], total: 0, characters: 0, firstMs: undefined, lastMs: undefined, progress: {} };
const longest = 120;
const alikeWithinMs = 60;

/** Records the events of a stream, for the marble strip and the meter. */
@Service()
export class Recorder {
  private readonly changes$ = new Subject<void>();
  private readonly ends$ = new Subject<void>();
  private draft = createDraft();

  /** Five times a second, however fast the events are, and at once when the stream ends. */
  readonly recording = toSignal(merge(this.changes$.pipe(auditTime(200)), this.ends$).pipe(map(() => this.draft.read())), {
    initialValue: nothing,
  });

  record(): MonoTypeOperatorFunction<DeltaEvent> {
    return (source) =>
      defer(() => {
        const startedAt = performance.now();
        const draft = createDraft();
        const note = (happening: Happening): void => {
          draft.write(happening, performance.now() - startedAt);
          this.changes$.next();
        };
        const end = (type: 'complete' | 'error' | 'unsubscribe', detail = ''): void => {
          note({ type, detail });
          this.ends$.next();
        };
        this.draft = draft;
        this.changes$.next();
        return source.pipe(
          tap<DeltaEvent>({
            next: note,
            error: (error: unknown) => end('error', toErrorInfo(error).message),
            complete: () => end('complete'),
            unsubscribe: () => end('unsubscribe', 'Stopped by the user'),
          }),
        );
      });
  }
}

/** A recording that is written in place: a copy for each event would cost more than the event. */
function createDraft() {
  const marbles: Marble[] = [];
  let last: { -readonly [Key in keyof Marble]: Marble[Key] } | undefined;
  let total = 0;
  let characters = 0;
  let firstMs: number | undefined;
  let lastMs: number | undefined;
  let progress: Recording['progress'] = {};

  function draw(happening: Happening, at: number): void {
    if (last?.type === happening.type && at - last.at <= alikeWithinMs) {
      last.count += 1;
      return;
    }
    if (last) marbles.push(last);
    if (marbles.length >= longest) marbles.shift();
    last = { index: total, type: happening.type, count: 1, at, detail: detailOf(happening) };
  }

  return {
    write(happening: Happening, at: number): void {
      draw(happening, at);
      total += 1;
      if ('text' in happening) characters += happening.text?.length ?? 0;
      if (happening.type.endsWith('-delta')) {
        firstMs ??= at;
        lastMs = at;
      }
      if (happening.type === 'tool-result' && happening.preliminary)
        progress = { ...progress, [happening.callId]: happening.output };
    },
    read(): Recording {
      return { marbles: last ? [...marbles, { ...last }] : [], total, characters, firstMs, lastMs, progress };
    },
  };
}

function detailOf(happening: Happening): string {
  switch (happening.type) {
    case 'reset':
      return `Attempt ${happening.attempt}: ${happening.error.message}`;
    case 'tool-call-start':
    case 'tool-result':
      return happening.name;
    case 'finish':
      return happening.reason;
    default:
      return 'detail' in happening ? happening.detail : '';
  }
}
