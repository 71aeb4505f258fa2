import { Service } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { auditTime, defer, type MonoTypeOperatorFunction, Subject, scan, tap } from 'rxjs';
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

/** What a stream does: it begins, emits an event, or ends. */
type Happening = DeltaEvent | { readonly type: 'request' | 'complete' | 'unsubscribe' | 'error'; readonly detail: string };

const nothing: Recording = { marbles: [], total: 0, characters: 0, firstMs: undefined, lastMs: undefined, progress: {} };
const longest = 120;
const alikeWithinMs = 60;

/** Records the events of a stream, for the marble strip and the meter. */
@Service()
export class Recorder {
  private readonly happenings$ = new Subject<{ readonly happening: Happening; readonly at: number }>();

  /** Ten times a second, however fast the events are. */
  readonly recording = toSignal(
    this.happenings$.pipe(
      scan((recording, { happening, at }) => recordNext(recording, happening, at), nothing),
      auditTime(100),
    ),
    { initialValue: nothing },
  );

  record(): MonoTypeOperatorFunction<DeltaEvent> {
    return (source) =>
      defer(() => {
        const startedAt = performance.now();
        const note = (happening: Happening): void => this.happenings$.next({ happening, at: performance.now() - startedAt });
        note({ type: 'request', detail: '' });
        return source.pipe(
          tap<DeltaEvent>({
            next: note,
            error: (error: unknown) => note({ type: 'error', detail: toErrorInfo(error).message }),
            complete: () => note({ type: 'complete', detail: '' }),
            unsubscribe: () => note({ type: 'unsubscribe', detail: 'Stopped by the user' }),
          }),
        );
      });
  }
}

function recordNext(recording: Recording, happening: Happening, at: number): Recording {
  if (happening.type === 'request') return nothing;
  const { marbles, total, characters, firstMs, progress } = recording;
  const isDelta = happening.type.endsWith('-delta');
  return {
    marbles: withMarble(marbles, { index: total, type: happening.type, count: 1, at, detail: detailOf(happening) }),
    total: total + 1,
    characters: characters + ('text' in happening && happening.text ? happening.text.length : 0),
    firstMs: firstMs ?? (isDelta ? at : undefined),
    lastMs: isDelta ? at : recording.lastMs,
    progress:
      happening.type === 'tool-result' && happening.preliminary
        ? { ...progress, [happening.callId]: happening.output }
        : progress,
  };
}

function withMarble(marbles: readonly Marble[], marble: Marble): readonly Marble[] {
  const last = marbles.at(-1);
  if (last?.type !== marble.type || marble.at - last.at > alikeWithinMs) return [...marbles.slice(1 - longest), marble];
  return marbles.with(-1, { ...last, count: last.count + 1, detail: last.detail });
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
