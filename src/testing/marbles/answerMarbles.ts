import type { RunHelpers } from 'rxjs/testing';
import { checkOneOf, checkOptions } from '../../kernel/options.js';
import { type AnswerMoment, type AnswerOptions, type AnswerWriter, createAnswerWriter } from './answerWriter.js';
import { ping } from './events.js';
import { createMarbleClock, timeProgression } from './marbleClock.js';

const optionNames = ['values', 'start', 'usage', 'finish', 'error', 'end'];

/** A message of RxJS's test observables, whose type RxJS does not export. */
export type MarbleMessage = ReturnType<RunHelpers['cold']>['messages'][number];

/** Reads the marble of a whole answer into the messages of a test observable. {@link DeltaMarbles.answer} documents the grammar. */
export function readAnswer(marbles: string, options: AnswerOptions = {}): readonly MarbleMessage[] {
  if (typeof marbles !== 'string') throw new TypeError('answer: marbles must be a string');
  checkOptions('answer', options, optionNames);
  checkOneOf('end', options.end, ['finish', 'open']);
  return toMessages(readMoments(marbles, options));
}

function readMoments(marbles: string, options: AnswerOptions): readonly AnswerMoment[] {
  const invalid = (problem: string): Error => new Error(`answer: "${marbles}" ${problem}`);
  const writer = createAnswerWriter(options, invalid);
  const clock = createMarbleClock();
  const { values = {}, error = 'error' } = options;
  const characters = [...marbles];
  let content = '';
  let contentFrame = 0;
  let ended = false;
  let grouped = false;

  function flush(): void {
    if (content !== '') writer.append(contentFrame, content);
    content = '';
  }

  function readSign(character: string): void {
    const frame = clock.frame();
    switch (character) {
      case '-':
      case ' ':
        break;
      case '(':
        if (grouped) throw invalid('opens "(" inside "("');
        grouped = true;
        clock.openGroup();
        break;
      case ')':
        if (!grouped) throw invalid('closes "(" where it is not open');
        grouped = false;
        clock.closeGroup();
        break;
      case '^':
        clock.subscribeHere();
        break;
      case '|':
        finish(frame);
        ended = true;
        break;
      case '#':
        writer.fail(frame, error);
        ended = true;
        break;
      case '~':
        writer.emit(frame, [ping()]);
        break;
      default:
        writer.readBracket(frame, character);
    }
  }

  /** Only an error or an unsubscription may interrupt reasoning or a tool call. */
  function finish(frame: number): void {
    const open = writer.openBracket();
    if (open !== undefined) throw invalid(`has a "${open}" that is not closed`);
    writer.finish(frame);
  }

  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    const progression = timeProgression(characters, index);
    const value = Object.hasOwn(values, character) ? values[character] : undefined;
    if (ended && !' -)'.includes(character)) throw invalid('continues after its end');
    if (progression) {
      flush();
      clock.advance(progression.ms);
      index += progression.length - 1;
      continue;
    }
    if (value) {
      if (typeof value !== 'object') throw new TypeError(`answer: values.${character} must be an event or an array of events`);
      flush();
      writer.emit(clock.frame(), 'type' in value ? [value] : value);
    } else if (isSign(character, writer)) {
      flush();
      readSign(character);
    } else {
      if (content === '') contentFrame = clock.frame();
      content += character === '_' && !writer.inCall() ? ' ' : character;
    }
    if (character !== ' ' || value) clock.advance(1);
  }
  flush();
  if (grouped) throw invalid('has a "(" that is not closed');
  if (!ended && options.end !== 'open') finish(clock.frame());
  return writer.moments(clock.zero());
}

function isSign(character: string, writer: AnswerWriter): boolean {
  if (character === '!') throw new Error('answer: "!" belongs in the marble of a subscription');
  return '-()|#^~ '.includes(character) || writer.isBracket(character);
}

function toMessages(moments: readonly AnswerMoment[]): readonly MarbleMessage[] {
  return moments.flatMap(({ frame, events, end }) => {
    const messages: MarbleMessage[] = events.map((value) => ({ frame, notification: { kind: 'N', value } }));
    if (end === 'complete') messages.push({ frame, notification: { kind: 'C' } });
    else if (end) messages.push({ frame, notification: { kind: 'E', error: end.error } });
    return messages;
  });
}
