import { Component, computed, input, linkedSignal } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { asyncScheduler, distinctUntilChanged, filter, map, merge, throttleTime } from 'rxjs';
import { markdownBlocks } from 'rxllm';
import { type Block, Blocks } from './blocks';
import { readGrowing } from './growth';

/** How many blocks are checked, laid out and painted together. */
const groupSize = 12;
/** To parse, sanitize and lay out a text is most of the work of the page, and 30 times a second are as smooth to read as 60. */
const renderEveryMs = 33;

/**
 * Markdown that grows. A finished block is rendered once, and a full group of blocks costs nothing more, however long the text gets: only the
 * tail, which is in the last group, is rendered again.
 */
@Component({
  selector: 'app-markdown',
  imports: [Blocks],
  template: `
    @for (group of groups(); track $index) {
      <app-blocks [blocks]="group" [busy]="busy()" />
    }
  `,
})
export class Markdown {
  readonly text = input.required<string>();
  /** Whether more of it may come. */
  readonly busy = input(false);

  /** The text that is rendered: while more may come, not each of its changes, and all of it at its end. */
  private readonly text$ = merge(
    toObservable(this.text).pipe(throttleTime(renderEveryMs, asyncScheduler, { leading: true, trailing: true })),
    toObservable(this.busy).pipe(
      filter((busy) => !busy),
      map(() => this.text()),
    ),
  ).pipe(distinctUntilChanged());

  private readonly markdown = readGrowing(this.text$, markdownBlocks(), { blocks: [], tail: '', closedTail: '' });

  private readonly blocks = computed((): readonly Block[] => {
    const { blocks, tail, closedTail } = this.markdown();
    return tail.trim() === '' ? blocks : [...blocks, { text: tail, closedText: closedTail }];
  });

  protected readonly groups = linkedSignal<readonly Block[], readonly (readonly Block[])[]>({
    source: this.blocks,
    computation: (blocks, previous) => grouped(blocks, previous?.value ?? []),
  });
}

/** A group that has the same blocks as before stays the same array, so that its view is not checked. */
function grouped(blocks: readonly Block[], before: readonly (readonly Block[])[]): readonly (readonly Block[])[] {
  return Array.from({ length: Math.ceil(blocks.length / groupSize) }, (_, index) => {
    const group = blocks.slice(index * groupSize, (index + 1) * groupSize);
    const old = before[index];
    return old?.length === group.length && group.every((block, place) => block === old[place]) ? old : group;
  });
}
