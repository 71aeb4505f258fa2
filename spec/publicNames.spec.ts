import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

interface PublicNames {
  readonly file: string;
  readonly values: string;
  readonly types: string;
}

/** Names are separated by blanks. */
const golden: Readonly<Record<string, PublicNames>> = {
  rxllm: {
    file: 'src/index.ts',
    values: `
      CircuitOpenError ConnectionError ContentTypeError EmptyStreamError HttpError LimitError MalformedEventError ParseError
      ProtocolError ProviderError RetryExhaustedError StreamAbortedError StreamError StreamTimeoutError TruncatedError ValidationError
      accumulateText aggregateUsage applyOptions batchFrames bufferToText circuitBreaker createBreaker
      createConcurrencyLimiter createDemand createRateLimiter debugOptions fallbackTo fromErrorInfo hedge highReliabilityOptions
      highThroughputOptions isDeltaEvent isStreamError json jsonElements jsonModeOptions limitConcurrency lowLatencyOptions
      measureStream messageTurns ofEvent parseJsonOnComplete parseOnComplete partialJson partialToolInput rateLimit retryStream smooth
      stopOn takeWithinBudget tapStream text textDeltas timeoutBetweenChunks toErrorInfo toMessage validate withCost`,
    types: `
      AccumulateTextOptions AggregateUsageOptions ApplyOptions ArgumentsFormat BackoffOptions BlockEndEvent Breaker
      BreakerOptions BreakerPass BreakerState BufferToTextOptions ChoiceFinish CitationEvent ConcurrencyLimiter
      ConcurrencyLimiterOptions ConcurrencySlot Confidence ContentEvent ContinueWith Cost CountTokens DebugLogger DeepPartial
      DeltaEvent Demand ErrorInfo Executor FallbackContext FallbackToOptions FileEvent FileReference FinishEvent FinishMetadata
      FinishReason HedgeOptions InvalidJsonElement JsonElement JsonElementsOptions JsonEvent JsonObject JsonOptions JsonPath
      JsonReadingOptions JsonSnapshot JsonValue LogprobsEvent MeasureStreamOptions Message MessagePart NativeFormat ParseErrorDetails
      ParseJsonOnCompleteOptions ParsedBy ParsedText Parser ParserObjection ParserRefusal ParserVerdict PartOrigin
      PartialJsonEventsOptions PartialJsonOptions PartialMessage PartialSource Phase PingEvent Price PricedRequest RateLimitOptions
      RateLimitTurn RateLimiter RateLimiterOptions RawEvent ReasoningDeltaEvent RefusalDeltaEvent RequestTraits RequestUsage ResetEvent ResponseHead
      RetryContext RetryStreamOptions ServiceErrorDetails ServiceErrorKind SmoothOptions StandardSchema StartEvent StepEvent
      StreamErrorDetails StreamErrorKind TakeWithinBudgetOptions TapStreamOptions TextDeltaEvent TextDeltasOptions TextUnit
      TimeoutLimits TimeoutPhase Timing TimingSettlement ToMessageOptions TokenCounter TokenStream ToolApprovalEvent ToolCall
      ToolCallDeltaEvent ToolCallEndEvent ToolCallStartEvent ToolResultEvent Turn TurnPart Usage UsageEvent UsageSettlement ValidationIssue`,
  },
  'rxllm/openai': {
    file: 'src/providers/openai/index.ts',
    values: 'assistantTurn chatMessages fromChatCompletions fromResponses responsesInput',
    types:
      'AssistantMessage ChatClient ChatContent ChatMessage ChatParams RequestFunction ResponsesClient ResponsesContent ResponsesItem ResponsesOptions ResponsesParams ResumeOptions SourceOptions',
  },
  'rxllm/anthropic': {
    file: 'src/providers/anthropic/index.ts',
    values: 'assistantTurn fromMessages messagesParams',
    types:
      'AssistantBlock AssistantTurn MessagesClient MessagesInput MessagesParams RequestFunction ShownBlock SourceOptions UserBlock UserTurn',
  },
  'rxllm/testing': {
    file: 'src/testing/index.ts',
    values: `
      CassetteError MarbleMismatchError assertDeltas blockEnd cassette citation cutAfter deltaMarbles duplicateUsage failWith
      fakeProvider file finish heartbeatOnly httpThenOk letters logprobs marbleLane marbles ping raw reasoning rechunk
      recordCassette refusal replayCassette reset splitBytes stallAfter start step streamOf text toMarbleDiagram toolApproval toolCallDelta
      toolCallEnd toolCallStart toolResult usage usageOf virtualTime`,
    types: `
      AnswerOptions CassetteOptions DeltaMarbles EventFields EventLetters FailWithOptions FakeAttempt FakeProvider FakeRequest
      Fault Fetch FetchFault HeartbeatOnlyOptions HttpThenOkOptions LaneMark LaneRun MarbleDiagramOptions MarbleHelpers MarbleLane
      MarbleStream RecordCassetteOptions RecordedLane ReplayCassetteOptions StreamExpectation StreamOfOptions`,
  },
  'rxllm/toon': {
    file: 'src/toon/index.ts',
    values: 'parseToonOnComplete toon toonPrompt toonRows',
    types: `
      ParseToonOnCompleteOptions PromptTokens ToonOptions ToonPath ToonPrompt ToonPromptOptions ToonRefusal ToonResult
      ToonRow ToonRowsOptions`,
  },
  'rxllm/tiktoken': {
    file: 'src/tiktoken/index.ts',
    values: 'tiktokenCounter',
    types: '',
  },
  'rxllm/pricing': {
    file: 'src/pricing/index.ts',
    values: 'genaiPrices',
    types: 'GenaiPricesOptions ModelPrices UnitPrice',
  },
  'rxllm/otel': {
    file: 'src/otel/index.ts',
    values: 'traceStream',
    types: 'Semconv TraceEnd TraceStreamOptions',
  },
};

const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, '.');
const program = ts.createProgram(
  Object.values(golden).map(({ file }) => file),
  options,
);
const checker = program.getTypeChecker();

function exportsOf(file: string): readonly ts.Symbol[] {
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  if (!module) throw new Error(`${file} is not a module`);
  return checker.getExportsOfModule(module);
}

const resolved = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
const isDeclared = (symbol: ts.Symbol): boolean => resolved(symbol).declarations !== undefined;
const isValue = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Value) !== 0;
const isFunction = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Function) !== 0;
const textOf = (symbol: ts.Symbol): string => ts.displayPartsToString(symbol.getDocumentationComment(checker));

describe.each(Object.entries(golden))('the public names of %s', (_entryPoint, { file, values, types }) => {
  const exported = exportsOf(file);
  const symbols = exported.filter(isDeclared).map(resolved);
  const namesOf = (some: readonly ts.Symbol[]): readonly string[] => some.map(({ name }) => name).sort();
  const listed = (names: string): readonly string[] => names.split(/\s+/).filter((name) => name !== '');

  it('are all declared in the file that they are exported from', () => {
    const missing = exported.filter((symbol) => !isDeclared(symbol));
    const places = missing.map(({ name, declarations: [it] = [] }) => `${name} of ${it?.parent.parent.getText()}`);
    expect(places).toEqual([]);
  });

  it('are these values and no others', () => {
    expect(namesOf(symbols.filter(isValue))).toEqual(listed(values));
  });

  it('are these types and no others', () => {
    expect(namesOf(symbols.filter((symbol) => !isValue(symbol)))).toEqual(listed(types));
  });

  it.each(symbols.map((symbol) => [symbol.name, symbol] as const))('%s has a description', (name, symbol) => {
    // Of options, each field has one.
    const documented = /(?:Options|Limits)$/.test(name)
      ? checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
      : [symbol];
    for (const each of documented) expect(textOf(each)).toMatch(/^\S/);
  });

  it.each(symbols.filter(isFunction).map((symbol) => [symbol.name, symbol] as const))('%s has an example', (_name, symbol) => {
    expect(symbol.getJsDocTags(checker).map((tag) => tag.name)).toContain('example');
  });
});
