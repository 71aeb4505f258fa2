import { Component, computed, input, Pipe, type PipeTransform } from '@angular/core';
import { marked } from 'marked';
import { CustomerForm } from './customer-form';
import { ProductTable } from './product-table';

/** A block of Markdown, or the unfinished tail. */
export interface Block {
  readonly text: string;
  /** The text of a tail with all closed that is open in it. */
  readonly closedText?: string;
}

/** Renders one block. Angular removes from it what could run. */
@Pipe({ name: 'html' })
export class HtmlPipe implements PipeTransform {
  transform(text: string): string {
    return marked.parse(text, { async: false });
  }
}

/** Some blocks one after another. What a table or a form needs is loaded when the first of them begins. */
@Component({
  selector: 'app-blocks',
  imports: [HtmlPipe, ProductTable, CustomerForm],
  template: `
    @for (block of shown(); track $index) {
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
export class Blocks {
  readonly blocks = input.required<readonly Block[]>();
  /** Whether more of the text may come. */
  readonly busy = input(false);

  protected readonly shown = computed(() => this.blocks().map(toShown));
}

interface ShownBlock {
  readonly view: 'markdown' | 'toon' | 'customer';
  readonly text: string;
}

function toShown({ text, closedText = text }: Block): ShownBlock {
  if (/^\s*```toon\s/.test(text)) return { view: 'toon', text };
  if (/^\s*```json\s+\{\s*"name"/.test(text)) return { view: 'customer', text };
  return { view: 'markdown', text: closedText };
}
