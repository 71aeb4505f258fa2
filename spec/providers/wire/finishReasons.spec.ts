import { describe, expect, it } from '@jest/globals';
import { type FinishMeaning, finishMeaning, isFinishFault } from '../../../src/providers/wire/finishReasons.js';

describe('finishMeaning', () => {
  it.each<readonly [FinishMeaning, string]>([
    [
      'stop',
      'stop STOP end_turn endTurn eos eos_token eosFound COMPLETE FINISH_REASON_STOP <|im_end|> stop_sequence stopStringFound',
    ],
    [
      'length',
      'length max_tokens MAX_TOKENS maxTokens max-output-tokens model_length ERROR_LIMIT token_limit maxPredictedTokensReached',
    ],
    ['tool-calls', 'tool_calls tool-calls toolCalls TOOL_CALL function_call tool_use'],
    [
      'content-filter',
      'content_filter contentFilter CONTENT_FILTERED SAFETY RECITATION PROHIBITED_CONTENT SPII BLOCKLIST IMAGE_SAFETY',
    ],
    [
      'content-filter',
      'guardrail_intervened sensitive ERROR_TOXIC content_policy_violation data_inspection_failed content_blocked',
    ],
    ['refusal', 'refusal REFUSAL'],
    ['paused', 'pause_turn'],
    ['unfinished', 'null NULL None undefined FINISH_REASON_UNSPECIFIED not_finished in_progress'],
    ['server', 'error ERROR network_error abort aborted failed timeout cancelled MALFORMED_FUNCTION_CALL malformed_tool_use'],
    [
      'server',
      'unexpected_tool_call MALFORMED_MODEL_OUTPUT upstream_error InternalServerException generation_failed model-unloaded',
    ],
    ['overloaded', 'insufficient_system_resource engine_overloaded ServerOverloaded'],
    ['rate-limit', 'rate_limit_exceeded too_many_requests'],
    ['quota', 'insufficient_quota'],
    ['invalid-request', 'MISSING_THOUGHT_SIGNATURE'],
    ['other', 'OTHER unknown repetition load future_reason constructor __proto__ toString'],
  ])('is %s for %s', (meaning, words) => {
    expect(words.split(' ').map((word) => [word, finishMeaning(word)])).toEqual(words.split(' ').map((word) => [word, meaning]));
  });

  it.each<readonly [string, FinishMeaning]>([
    ['content_filter: SAFETY', 'content-filter'],
    ['content_filter: SOMETHING_NEW', 'content-filter'],
    ['function_call_filter: MALFORMED_FUNCTION_CALL', 'server'],
    ['function_call_filter: SOMETHING_NEW', 'server'],
    ['stop: MAX_TOKENS', 'length'],
    ['a: b', 'other'],
    ['', 'other'],
  ])('reads two words in %j', (word, meaning) => {
    expect(finishMeaning(word)).toBe(meaning);
  });

  it('tells which meanings are faults', () => {
    const words = ['error', 'overloaded', 'quota', 'stop', 'content_filter', 'null', 'new'];
    expect(words.map((word) => isFinishFault(finishMeaning(word)))).toEqual([true, true, true, false, false, false, false]);
  });
});
