import type { ServiceErrorKind } from '../../errors.js';
import type { FinishReason } from '../../events.js';
import { plainWord } from './plainWord.js';

/** What a provider's finish reason means: why the answer ended, the fault that ended it, or that it has not ended. */
export type FinishMeaning = FinishReason | FinishFault | 'unfinished';

/** The kinds of error that a finish reason can report. */
export type FinishFault = Extract<ServiceErrorKind, 'server' | 'overloaded' | 'rate-limit' | 'quota' | 'invalid-request'>;

/**
 * The words of all servers, whatever their case and separators, each by the first row that accepts it. What ends an answer well is listed
 * whole; what cuts it, refuses it or breaks it by the stem, because servers join such words (`content_filter: SAFETY`, `upstream_error`).
 * One table, because gateways pass the words of one wire on to another.
 *
 * Sources: OpenAI, Azure, vLLM, SGLang, llama.cpp, Ollama, LM Studio, LMDeploy, TGI, TensorRT-LLM, watsonx, LiteLLM, OpenRouter, Together, Groq, DeepSeek, Z.ai,
 * Moonshot, MiniMax, Qwen, Hunyuan, Qianfan, Gemini and its OpenAI endpoint, Anthropic, Bedrock, Cohere, Mistral, AI21, Databricks, Snowflake, Perplexity.
 */
const table: readonly (readonly [FinishMeaning, RegExp])[] = [
  [
    'unfinished',
    /^(null|none|nil|undefined|nan|false|not_?finished|unfinished|inprogress|unspecified|running|generating|ongoing)$/,
  ],
  [
    'stop',
    /^(noerror|ok|success|normal|done|(stop|matched|eos|end|im)(ped|of|end|turn|text|token|stop|sequence|string|str|words?|found)*)$/,
  ],
  ['stop', /^(eo[gst]|turnend|complete|completed|completion|finish|finished)$/],
  ['tool-calls', /^(call)?(tool|function)s?(calls?|use)?(request|execution)?$/],
  ['refusal', /refus|declined/],
  ['paused', /^paused?|compaction|requiresaction/],
  ['aborted', /^user(cancel|stop|abort)/],
  ['quota', /quota|insufficient(balance|credit)|arrearage|outofcredits|budget/],
  ['rate-limit', /ratelimit|toomanyrequests|throttl/],
  ['overloaded', /overload|insufficient|exhausted|capacity|queuefull|busy/],
  ['invalid-request', /invalid(request|prompt|argument)|badrequest|missingthought/],
  ['server', /callfilter|malformed|unexpected|toomany|invalid|^noimage|^imageother/],
  [
    'content-filter',
    /filter|safe|sensitiv|recitation|copyright|prohibit|block|spii|^pii|guardrail|armor|jailbreak|moderat|polic|violat/,
  ],
  ['content-filter', /toxic|flagged|censor|risk|inspection|inappropriate|harm|cyber|security|^language$/],
  ['length', /errorlimit|timelimit/],
  [
    'server',
    /error|exception|fail|fatal|abort|cancel|interrupt|disconnect|timeo|timedout|deadline|crash|unavailable|memory|^oom$|internal|unloaded/,
  ],
  ['length', /length|limit|max|context|numpredict|truncat|incomplete/],
];

/** Returns what a finish reason means; `other` for an unknown word. */
export function finishMeaning(word: string): FinishMeaning {
  const plain = plainWord(word);
  return table.find(([, words]) => words.test(plain))?.[0] ?? 'other';
}

export function isFinishFault(meaning: FinishMeaning): meaning is FinishFault {
  return ['server', 'overloaded', 'rate-limit', 'quota', 'invalid-request'].includes(meaning);
}
