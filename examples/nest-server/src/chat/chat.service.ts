import { Inject, Injectable, Logger } from '@nestjs/common';
import { metrics, trace } from '@opentelemetry/api';
import { defer, type Observable } from 'rxjs';
import {
  aggregateUsage,
  circuitBreaker,
  createBreaker,
  createConcurrencyLimiter,
  type DeltaEvent,
  limitConcurrency,
  measureStream,
  resumeTools,
  retryStream,
  runTools,
  type Turn,
  takeWithinBudget,
  tapStream,
  timeoutBetweenChunks,
  type Usage,
  type UsageSettlement,
  withCost,
} from 'rxllm';
import { traceStream } from 'rxllm/otel';
import type { Fault } from '../local/faults.js';
import { MODEL, type Model } from '../model/model.js';
import type { ChatRequest } from './chatRequest.js';
import { systemTurn } from './prompt.js';
import { approve, tools } from './tools.js';

const telemetry = { tracer: trace.getTracer('chat'), meter: metrics.getMeter('chat') };

/** The answers of the model: each is one stream, and all that it has to bear is an operator. */
@Injectable()
export class ChatService {
  private readonly logger = new Logger('Chat');
  // Shared by all answers.
  private readonly limiter = createConcurrencyLimiter({ maxConcurrent: 50 });
  private readonly breaker = createBreaker({ failures: 10, openMs: 10_000 });

  constructor(@Inject(MODEL) private readonly model: Model) {}

  /** The answer to a conversation: the rounds of the model and of its tools. */
  answer({ id, turns, decisions = {}, fault = 'none' }: ChatRequest): Observable<DeltaEvent> {
    const { price } = this.model;
    const prompt = [systemTurn, ...turns];
    const report = ({ usage, outcome }: UsageSettlement) => this.logger.log(`${id} ${outcome}: ${spent(usage)}`);
    return defer(() => {
      let requests = 0;
      // Only the first request goes wrong, so that a retry helps; but all of them are slow.
      const nextFault = () => (requests++ === 0 || fault === 'slow' ? fault : 'none');
      return runTools((each) => this.ask(each, nextFault), {
        turns: [systemTurn, ...resumeTools(turns, decisions)],
        tools,
        approve,
        maxSteps: 8,
      });
    }).pipe(
      timeoutBetweenChunks({ totalMs: 300_000 }),
      takeWithinBudget({ maxOutputTokens: 8_000, maxCost: 0.25, price }),
      aggregateUsage({ prompt, every: 25, price, onSettled: report }),
      withCost(price),
      measureStream(),
      traceStream(telemetry),
      tapStream({
        reset: ({ attempt, error }) => this.logger.warn(`${id} attempt ${attempt}, after ${error.kind}`),
        error: (error) => this.logger.error(`${id} ${String(error)}`),
      }),
    );
  }

  /** One round: what is repeated when it fails is only this. */
  private ask(turns: readonly Turn[], nextFault: () => Fault): Observable<DeltaEvent> {
    return defer(() => this.model.ask(turns, nextFault())).pipe(
      limitConcurrency(this.limiter),
      timeoutBetweenChunks(this.model.limits),
      circuitBreaker(this.breaker),
      retryStream({ maxRetries: 3, initialDelayMs: 500 }),
    );
  }
}

function spent({ totalTokens, cost }: Usage): string {
  return `${totalTokens ?? 'unknown'} tokens, ${cost ? `${cost.total.toFixed(6)} ${cost.currency}` : 'cost unknown'}`;
}
