import type { ServiceErrorKind } from '../../errors.js';
import type { FinishReason } from '../../events.js';
import { plainWord } from './plainWord.js';

/** What a provider's finish reason means: why the answer ended, the fault that ended it, or that it has not ended. */
export type FinishMeaning = FinishReason | FinishFault | 'unfinished';

/** The kinds of error that a finish reason can report. */
export type FinishFault = Extract<ServiceErrorKind, 'server' | 'overloaded' | 'rate-limit' | 'quota' | 'invalid-request'>;

/**
 * The words of all servers, whatever their case and separators. One table, because gateways pass the words of one wire on to another.
 *
 * Sources: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, LM Studio, LMDeploy, TGI, TensorRT-LLM, watsonx, LiteLLM, OpenRouter, Together, Groq, DeepSeek, Z.ai,
 * Moonshot, MiniMax, Qwen, Hunyuan, Qianfan, Gemini and its OpenAI endpoint, Anthropic, Bedrock, Cohere, Mistral, AI21, Databricks, Snowflake, Perplexity.
 */
const words = {
  stop:
    'stop stopped stop_sequence stop_string stop_str stop_word stop_words stop_token stop_string_found matched_stop matched_token eos eos_token ' +
    'eos_found eog eot end_of_text end_of_turn end_turn turn_end end im_end complete completed completion finish finished done normal success ok no_error',
  length:
    'length max_length length_limit maximum_length model_length max_model_len limit max_tokens max_tokens_reached max_new_tokens max_gen_len ' +
    'max_output max_output_tokens max_output_reached max_completion_tokens maximum_tokens max_token token_limit token_limit_reached tokens_limit ' +
    'max_predicted_tokens_reached num_predict context_length context_limit context_length_reached context_length_exceeded context_window_exceeded ' +
    'model_context_window_exceeded max_context_length context_full error_limit time_limit truncated truncation incomplete',
  'tool-calls':
    'tool_calls tool_call tool_use tools tool function_call function_calls function call_tool tool_call_request tool_execution tool_use_stop',
  'content-filter':
    'content_filter content_filtered content_filtering filter filtered filtered_content output_filtered safety safety_filter safety_setting ' +
    'image_safety unsafe unsafe_content sensitive sensitive_content output_sensitive input_sensitive sensitive_word sensitive_words recitation ' +
    'image_recitation copyright prohibited prohibited_content image_prohibited_content blocklist block blocked content_blocked spii pii ' +
    'guardrail guardrails guardrail_intervened guardrail_triggered guardrails_triggered guardrail_blocked model_armor jailbreak ' +
    'moderation moderated content_moderation content_policy content_policy_violation policy policy_violation violation usage_policy ' +
    'error_toxic toxic toxicity flagged censored censorship risk risk_control data_inspection_failed inappropriate_content harmful ' +
    'harmful_content cyber security language',
  refusal: 'refusal refused refuse model_refusal declined',
  paused: 'pause_turn paused pause compaction requires_action',
  aborted: 'user_cancel user_cancelled user_canceled user_stopped user_aborted',
  unfinished:
    'null none nil undefined nan false not_finished unfinished not_finish in_progress unspecified running generating ongoing continue',
  server:
    'error errored fail failed failure fatal abort aborted cancel cancelled canceled interrupted disconnected timeout timed_out deadline_exceeded ' +
    'exception crash crashed internal unavailable oom out_of_memory model_unloaded function_call_filter tool_call_filter malformed_function_call ' +
    'malformed_tool_call malformed_tool_use malformed_model_output malformed_response malformed_output invalid_function_call invalid_tool_call ' +
    'invalid_output unexpected_tool_call unexpected_function_call too_many_tool_calls no_image image_other',
  overloaded:
    'insufficient_system_resource insufficient_system_resources insufficient_resources resource_exhausted overloaded engine_overloaded ' +
    'server_overloaded model_overloaded over_capacity no_capacity capacity queue_full server_busy busy',
  'rate-limit': 'rate_limit rate_limited rate_limit_exceeded rate_limit_reached too_many_requests throttled throttling',
  quota:
    'quota quota_exceeded insufficient_quota insufficient_balance insufficient_credits out_of_credits budget_exceeded arrearage',
  'invalid-request': 'invalid_request invalid_prompt invalid_argument bad_request missing_thought_signature',
} satisfies Partial<Record<FinishMeaning, string>>;

const meanings: ReadonlyMap<string, FinishMeaning> = new Map(
  Object.entries(words).flatMap(([meaning, list]) => list.split(' ').map((word) => [plainWord(word), meaning as FinishMeaning])),
);

/** Words that nobody has listed, but whose ending says that something failed. */
const failing = /(error|exception|failed|failure|timeout|unavailable|crashed|overloaded)$/;

/**
 * Returns what a finish reason means; `other` if nobody knows the word.
 *
 * @param word The provider's own word. Gemini's OpenAI endpoint joins two, the last one being the more exact: `content_filter: SAFETY`.
 */
export function finishMeaning(word: string): FinishMeaning {
  return meanings.get(plainWord(word)) ?? meaningOfPair(word) ?? (failing.test(plainWord(word)) ? 'server' : 'other');
}

function meaningOfPair(word: string): FinishMeaning | undefined {
  const colon = word.indexOf(':');
  if (colon < 0) return undefined;
  return meanings.get(plainWord(word.slice(colon + 1))) ?? meanings.get(plainWord(word.slice(0, colon)));
}

const faults: ReadonlySet<FinishMeaning> = new Set<FinishFault>([
  'server',
  'overloaded',
  'rate-limit',
  'quota',
  'invalid-request',
]);

export function isFinishFault(meaning: FinishMeaning): meaning is FinishFault {
  return faults.has(meaning);
}
