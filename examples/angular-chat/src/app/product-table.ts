import { Component, computed, input } from '@angular/core';
import { toObservable } from '@angular/core/rxjs-interop';
import { pipe, scan } from 'rxjs';
import type { JsonObject } from 'rxllm';
import { type ToonRow, toonRows } from 'rxllm/toon';
import { readGrowing } from './growth';

/** A table of TOON, to which a row is added as soon as its line is complete. */
@Component({
  selector: 'app-product-table',
  template: `
    <table>
      <caption>
        Products
        <span class="count">{{ rows().length }} of {{ expected() ?? '…' }}</span>
      </caption>
      <thead>
        <tr>
          @for (column of columns(); track column) {
            <th scope="col" [class.number]="isNumber(rows()[0]?.[column])">{{ column }}</th>
          }
        </tr>
      </thead>
      <tbody>
        @for (row of rows(); track $index) {
          <tr>
            @for (column of columns(); track column) {
              <td [class.number]="isNumber(row[column])">{{ row[column] }}</td>
            }
          </tr>
        }
      </tbody>
    </table>
  `,
  styleUrl: './product-table.css',
})
export class ProductTable {
  readonly text = input.required<string>();

  private readonly read = readGrowing<readonly ToonRow<JsonObject>[]>(
    toObservable(this.text),
    pipe(
      toonRows({ lenient: true, onReset: 'restart' }),
      scan((rows, row) => (row.index === 0 ? [row] : [...rows, row]), [] as readonly ToonRow<JsonObject>[]),
    ),
    [],
  );

  protected readonly rows = computed(() => this.read().map(({ row }) => row));
  protected readonly expected = computed(() => this.read().at(-1)?.expected);
  protected readonly columns = computed(() => Object.keys(this.rows()[0] ?? {}));

  protected isNumber(value: unknown): boolean {
    return typeof value === 'number';
  }
}
