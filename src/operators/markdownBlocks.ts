import type { OperatorFunction } from 'rxjs';
import { createMarkdownReader, type MarkdownText } from '../codecs/markdown/markdownReader.js';
import type { DeltaEvent, ResetEvent } from '../events.js';
import { operateEvents } from '../kernel/operateEvents.js';
import { checkCount, checkEach } from '../kernel/options.js';
import { createStepMarks } from '../message/stepMarks.js';

export type { MarkdownText } from '../codecs/markdown/markdownReader.js';
export type { MarkdownBlock, MarkdownBlockKind } from '../codecs/markdown/splitBlocks.js';

export interface MarkdownBlocksOptions {
  /** Which choice to read if the request asked for several. @defaultValue 0 */
  readonly choice?: number;
}

const empty: MarkdownText = { blocks: [], tail: '', closedTail: '' };

/**
 * Emits the visible text as Markdown blocks, each time it changes: the top-level blocks that are finished, and the tail that is not.
 *
 *     source   s-a-b-c-f|     a, b, c: '# Hi\n', 'some **bo', 'ld**'
 *     result   --x-y-z--(w|)     x: [Hi] '', y: [Hi] 'some **bo', z: [Hi] 'some **bold**', w: [Hi, some] ''
 *
 * A finished block never changes and stays the same object, so that a view renders it once; show `closedTail` after it, in which an open fence,
 * emphasis, code span, link or row of a table is closed. The texts of the blocks and `tail` are the text: rendered one by one, they give what
 * the whole gives, in CommonMark with tables, but for links that are defined in another block. At the completion the tail is finished, too. A
 * `reset` that voids text emits the remaining text at once.
 *
 * @throws TypeError at call time for an unknown option or a wrong type, RangeError if `choice` is not a whole number >= 0.
 * @emitsError None of its own.
 * @unsubscribe Discards the text; each subscription reads its own.
 * @reset Emits what remains, at once; blocks that were finished before stay the same objects.
 * @cost Linear in the text: a line is read once, and what is open is kept, so that closing the tail does not read it. A block that is finished
 * copies the array of blocks. Holds the text.
 * @example events$.pipe(markdownBlocks()).subscribe(({ blocks, closedTail }) => show(blocks.map(render), marked.parse(closedTail)))
 */
export function markdownBlocks(options: MarkdownBlocksOptions = {}): OperatorFunction<DeltaEvent, MarkdownText> {
  checkEach('markdownBlocks', options, { choice: checkCount });
  const { choice = 0 } = options;
  return operateEvents({ name: 'markdownBlocks', fold: true }, (destination) => {
    let reader = createMarkdownReader();
    let length = 0;
    const marks = createStepMarks({ text: empty, length: 0 });

    function rewind({ step }: ResetEvent): void {
      const mark = marks.rewind(step);
      if (!mark || mark.length === length) return;
      ({ length } = mark);
      reader = createMarkdownReader(mark.text);
      destination.next(reader.read());
    }

    return {
      next(event) {
        if (event.type === 'step') marks.set(event.step, { text: reader.read(), length });
        else if (event.type === 'reset') rewind(event);
        if (event.type !== 'text-delta' || event.choice !== choice || event.text === '') return;
        length += event.text.length;
        reader.write(event.text);
        destination.next(reader.read());
      },
      complete() {
        const { tail } = reader.read();
        reader.end();
        const text = reader.read();
        if (text.tail !== tail) destination.next(text);
        destination.complete();
      },
    };
  });
}
