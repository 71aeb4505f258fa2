import { Component, computed, input, Pipe, type PipeTransform } from '@angular/core';
import { marked } from 'marked';
import { markdownBlocks } from 'rxllm';
import { CustomerForm } from './customer-form';
import { readGrowing } from './growth';
import { ProductTable } from './product-table';

/** Renders one block. Angular removes from it what could run. */
@Pipe({ name: 'html' })
export class HtmlPipe implements PipeTransform {
  transform(text: string): string {
    return marked.parse(text, { async: false });
  }
}

/** A block, or the unfinished tail. What is open in the tail is closed to be shown. */
interface ShownBlock {
  readonly view: 'markdown' | 'toon' | 'customer';
  readonly text: string;
}

/**
 * Markdown that grows. A finished block is rendered once; only the tail is rendered again. What a table or a form needs is loaded when the
 * first of them begins.
 */
@Component({
  selector: 'app-markdown',
  imports: [HtmlPipe, ProductTable, CustomerForm],
  template: `
    @for (block of blocks(); track $index) {
      @switch (block.view) {
        @case ('toon') {
          @defer (on immediate) {
            <app-product-table [text]="block.text" />
          } @error {
            <pre>{{ block.text }}</pre>
          }
        }
        @case ('customer') {
          @defer (on immediate) {
            <app-customer-form [text]="block.text" [busy]="busy()" />
          } @error {
            <pre>{{ block.text }}</pre>
          }
        }
        @default {
          <div [innerHTML]="block.text | html"></div>
        }
      }
    }
  `,
})
export class Markdown {
  readonly text = input.required<string>();
  /** Whether more of it may come. */
  readonly busy = input(false);

  private readonly markdown = readGrowing(this.text, markdownBlocks(), { blocks: [], tail: '', closedTail: '' });

  protected readonly blocks = computed((): readonly ShownBlock[] => {
    const { blocks, tail, closedTail } = this.markdown();
    const shown = blocks.map(({ text }) => toShown(text, text));
    return tail.trim() === '' ? shown : [...shown, toShown(tail, closedTail)];
  });
}

function toShown(text: string, closed: string): ShownBlock {
  if (/^\s*```toon\s/.test(text)) return { view: 'toon', text };
  if (/^\s*```json\s+\{\s*"name"/.test(text)) return { view: 'customer', text };
  return { view: 'markdown', text: closed };
}
