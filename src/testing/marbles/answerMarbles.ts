import { checkOneOf, checkOptions } from '../../kernel/options.js';
import { type AnswerMoment, type AnswerOptions, type AnswerWriter, createAnswerWriter } from './answerWriter.js';
import { ping } from './events.js';
import { createMarbleClock, timeProgression } from './marbleClock.js';

const optionNames = ['values', 'start', 'usage', 'finish', 'error', 'end'];

/** Reads the marble of a whole answer: the grammar is that of `DeltaMarbles.answer`. */
export function readAnswer(marbles: string, options: AnswerOptions = {}): readonly AnswerMoment[] {
  if (typeof marbles !== 'string') throw new TypeError('answer: marbles must be a string');
  checkOptions('answer', options, optionNames);
  checkOneOf('end', options.end, ['finish', 'open']);
  const wrong = (what: string): Error => new Error(`answer: "${marbles}" ${what}`);
  const writer = createAnswerWriter(options, wrong);
  const clock = createMarbleClock();
  const { values = {}, error = 'error' } = options;
  const characters = [...marbles];
  let run = '';
  let runFrame = 0;
  let ended: '|' | '#' | undefined;
  let grouped = false;

  function flush(): void {
    if (run !== '') writer.say(runFrame, run);
    run = '';
  }

  /** Everything that is not text ends the delta that is being written. */
  function sign(character: string): boolean {
    const frame = clock.frame();
    switch (character) {
      case '-':
      case ' ':
        return true;
      case '(':
        if (grouped) throw wrong('opens "(" inside "("');
        grouped = true;
        clock.openGroup();
        return true;
      case ')':
        if (!grouped) throw wrong('closes "(" where it is not open');
        grouped = false;
        clock.closeGroup();
        return true;
      case '^':
        clock.subscribeHere();
        return true;
      case '|':
        closed();
        writer.finish(frame);
        ended = '|';
        return true;
      case '#':
        writer.fail(frame, error);
        ended = '#';
        return true;
      case '~':
        writer.put(frame, [ping()]);
        return true;
      default:
        return writer.bracket(frame, character);
    }
  }

  /** Only an error, or a reader who leaves, comes in the middle of reasoning or of a tool call. */
  function closed(): void {
    const open = writer.openBracket();
    if (open !== undefined) throw wrong(`has a "${open}" that is not closed`);
  }

  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? '';
    const progression = timeProgression(characters, index);
    const value = Object.hasOwn(values, character) ? values[character] : undefined;
    if (ended && !' -)'.includes(character)) throw wrong('goes on after its end');
    if (progression) {
      flush();
      clock.advance(progression.ms);
      index += progression.length - 1;
      continue;
    }
    if (value) {
      if (typeof value !== 'object') throw new TypeError(`answer: values.${character} must be an event or an array of events`);
      flush();
      writer.put(clock.frame(), 'type' in value ? [value] : value);
    } else if (isSign(character, writer)) {
      flush();
      sign(character);
    } else {
      if (run === '') runFrame = clock.frame();
      run += character === '_' && !writer.inCall() ? ' ' : character;
    }
    if (character !== ' ' || value) clock.advance(1);
  }
  flush();
  if (grouped) throw wrong('has a "(" that is not closed');
  if (!ended && options.end !== 'open') {
    closed();
    writer.finish(clock.frame());
  }
  return writer.moments(clock.zero());
}

function isSign(character: string, writer: AnswerWriter): boolean {
  if (character === '!') throw new Error('answer: "!" belongs into the marble of a subscription');
  return '-()|#^~ '.includes(character) || writer.isBracket(character);
}
