import type { ServiceErrorKind } from '../../errors.js';

/**
 * The words and numbers by which services name their errors, if {@link wordForms} does not read them, as {@link plainWord} writes them: OpenAI, Anthropic, Azure, AWS (`…Exception`),
 * Google (status names), DashScope, llama.cpp, vLLM, OpenRouter and LiteLLM; the numbers are Z.ai's, Cloudflare's, and, behind `base_resp_`,
 * MiniMax's.
 *
 * @see https://docs.bigmodel.cn/cn/api/api-code
 * @see https://www.alibabacloud.com/help/en/model-studio/error-code
 */
const words: Readonly<Partial<Record<ServiceErrorKind, string>>> = {
  authentication: 'unrecognized_client 1000 1001 1002 1003 1004 10000 base_resp_1004 base_resp_2049',
  permission: '1110 1112 1121 1220 1309 1311',
  'not-found': '1111 1211 1221 1222 5007',
  'invalid-request':
    'out_of_range unimplemented not_implemented failed_to_download_image ipinfringement_suspect 1210 1212 1213 1214 1215 1261 1300 1301 base_resp_1026 base_resp_1027 base_resp_1042 base_resp_2013',
  'rate-limit':
    'tokens requests resource_exhausted limit_requests limit_burst_rate limit_tokens 1302 1303 1305 1313 base_resp_1002 base_resp_1039 base_resp_1041',
  quota: '1113 1304 1308 1310 3036 base_resp_1008 base_resp_2056',
  overloaded: 'slow_down model_not_ready 1312 3040',
  conflict: 'conflict aborted already_exists',
  server: 'server api internal internal_server unavailable service_unavailable upstream model',
};

const kinds: ReadonlyMap<string, ServiceErrorKind> = /* @__PURE__ */ new Map(
  Object.entries(words).flatMap(([kind, line]) => line.split(' ').map((word) => [word, kind as ServiceErrorKind])),
);

/**
 * What a word of any service means by its parts, the first that fits. A word that says no by its nature must not be taken for a fault of
 * the server, which is repeated.
 */
const wordForms: readonly (readonly [kind: ServiceErrorKind, ...forms: RegExp[]])[] = [
  ['server', /time_?d?_?out|deadline/],
  ['rate-limit', /throttl|rate_?limit|rate_exceed|too_many|concurren/],
  ['quota', /quota|balance|billing|credit|arrear|overdue|payment|usage_limit|spend|budget/],
  ['overloaded', /overload|capacity|busy/],
  [
    'authentication',
    /api_?key|unauth|no_auth|auth_?fail|authentic|credential|signature|(access|security|expired|invalid)_token\b|token_expired/,
  ],
  [
    'permission',
    /permission|forbidden|denied|not_(allowed|authorized)|no_access|suspended|deactivated|(?<!b)locked|banned|disabled/,
  ],
  ['not-found', /not_?found|not_exist|no_such|unknown_(model|url|engine)|decommissioned|deprecated|retired/],
  ['too-large', /too_(large|big)/],
  [
    'invalid-request',
    /^(bad|empty|image|context|missing|malformed|illegal)_|invalid|not_support|unsupport|unprocess|too_(long|short)/,
    /exceed.*(context|length|token)|(context|length|prompt|input).*(exceed|long|overflow|limit)|max_(tokens|length)/,
    /content_|safety|moderation|sensitive|guardrail|policy|inspection|prohibited|blocked|harm/,
    /validation|parameter|argument|schema|precondition|refus/,
  ],
];

/** A word in lower case, its parts joined by `_`, without the `error` or `exception` at its end. */
function plainWord(word: string): string {
  return word
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
    .replace(/_?(error|exception)$/, '');
}

/** The kind of a word, also of one with parts (`Throttling.RateQuota`, `litellm.RateLimitError`); undefined if it says nothing. */
function kindOfWord(word: string): ServiceErrorKind | undefined {
  const parts = word.split(/[.:#/]+/).map(plainWord);
  const whole = parts.join('_');
  for (const part of [whole, parts[0] ?? '', parts.at(-1) ?? '']) {
    const kind = kinds.get(part) ?? wordForms.find(([, ...forms]) => forms.some((form) => form.test(part)))?.[0];
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/** A word names an error if it is one word, more specific than "error", or one of the numbers that we know. */
export function isErrorWord(value: unknown): value is string {
  return (
    typeof value === 'string' && (/^(?!(error|none|null|undefined)$)[a-z_][\w.:#/-]{0,79}$/i.test(value) || kinds.has(value))
  );
}

const kindsOfStatus: ReadonlyMap<number, ServiceErrorKind> = new Map([
  [401, 'authentication'],
  [402, 'quota'],
  [403, 'permission'],
  [404, 'not-found'],
  [408, 'server'],
  [409, 'conflict'],
  [413, 'too-large'],
  [429, 'rate-limit'],
  [529, 'overloaded'],
]);

/**
 * The kind of an error by the words for it, the most specific first, and by its status.
 *
 * @param reported Whether the status stands only in the body: gateways give a general one to what an upstream has refused.
 */
export function kindOfError(errorWords: readonly string[], status: number | undefined, reported: boolean): ServiceErrorKind {
  const meant = errorWords.map(kindOfWord).filter((kind) => kind !== undefined);
  const kind = meant.find((known) => known !== 'server') ?? meant[0];
  if (kind === 'quota' || kind === 'overloaded' || status === undefined) return kind ?? 'server';
  const specific = kindsOfStatus.get(status);
  if (specific) return specific;
  if (reported && kind !== undefined && kind !== 'server') return kind;
  return status >= 500 ? 'server' : 'invalid-request';
}

/** Where an error stands in its body, a level deeper at each of them. */
export const errorMembers: readonly string[] =
  'error errors Error value fault detail data Response base_resp message error_message'.split(' ');

/** Where an error's words stand, the most specific first. */
export const wordMembers: readonly string[] =
  'code type Code status error_code error_type errorCode errorcode errorType __type reason status_code'.split(' ');

export const statusMembers: readonly string[] = 'code status status_code http_code http_status statusCode'.split(' ');

export const messageMembers: readonly string[] =
  'message Message error_message error_msg errorMessage faultstring status_msg msg detail description title'.split(' ');
