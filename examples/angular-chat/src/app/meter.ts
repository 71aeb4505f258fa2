import { CurrencyPipe, DecimalPipe } from '@angular/common';
import { Component, computed, inject } from '@angular/core';
import { Chat } from './chat';
import { Recorder } from './recorder';

const statuses = { idle: 'Ready', streaming: 'Answering', waiting: 'Waiting for you', error: 'Failed' } as const;

/** What the answer that runs, or ran last, has used so far. */
@Component({
  selector: 'app-meter',
  imports: [CurrencyPipe, DecimalPipe],
  template: `
    <section aria-label="Meter">
      <dl>
        <div>
          <dt>Status</dt>
          <dd data-testid="meter-status">{{ status() }}</dd>
        </div>
        <div>
          <dt>Tokens</dt>
          <dd data-testid="meter-tokens">{{ isEstimate() ? '≈ ' : '' }}{{ tokens() | number }}</dd>
        </div>
        <div>
          <dt>Cost</dt>
          <dd data-testid="meter-cost">
            {{ cost() ? (cost()?.total | currency: cost()?.currency : 'symbol' : '1.4-5') : '–' }}
          </dd>
        </div>
        <div>
          <dt>First token</dt>
          <dd data-testid="meter-first">{{ recording().firstMs === undefined ? '–' : (recording().firstMs | number: '1.0-0') + ' ms' }}</dd>
        </div>
        <div>
          <dt>Tokens/s</dt>
          <dd data-testid="meter-rate">{{ rate() === undefined ? '–' : (rate() | number: '1.0-0') }}</dd>
        </div>
      </dl>
    </section>
  `,
  styleUrl: './meter.css',
})
export class Meter {
  private readonly chat = inject(Chat);
  protected readonly recording = inject(Recorder).recording;

  private readonly usage = computed(() => {
    const { live, turns } = this.chat.state();
    return live ? live.usage : turns.at(-1)?.answer?.usage;
  });

  protected readonly status = computed(() => statuses[this.chat.state().status]);
  protected readonly cost = computed(() => this.usage()?.cost);
  protected readonly isEstimate = computed(() => this.usage()?.outputTokens === undefined || this.usage()?.estimated === true);
  /** Until the server reports a figure, four characters count as a token. */
  protected readonly tokens = computed(() => this.usage()?.outputTokens ?? Math.ceil(this.recording().characters / 4));
  protected readonly rate = computed(() => {
    const { firstMs, lastMs } = this.recording();
    return firstMs === undefined || lastMs === undefined || lastMs === firstMs
      ? undefined
      : (this.tokens() / (lastMs - firstMs)) * 1_000;
  });
}
