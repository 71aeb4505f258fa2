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
      CircuitOpenError ConnectionError ContentTypeError EmptyStreamError FencedError GapError HttpError LimitError MalformedEventError NotFoundError ParseError
      ProtocolError ProviderError RetryExhaustedError StreamAbortedError StreamError StreamTimeoutError TruncatedError
      ValidationError accumulateText aggregateUsage applyOptions batchFrames bufferToText circuitBreaker conversation
      createBreaker createConcurrencyLimiter createDemand createRateLimiter debugOptions fallbackTo fromErrorInfo hedge
      highReliabilityOptions highThroughputOptions isDeltaEvent isStreamError json jsonElements jsonModeOptions
      limitConcurrency lowLatencyOptions markdownBlocks measureStream messageTurns ofEvent parseJsonOnComplete
      parseOnComplete partialJson partialToolInput rateLimit resumeTools retryStream runTools sentences shareStream
      smooth splitLines stopOn takeWithinBudget tapStream text textDeltas timeoutBetweenChunks toErrorInfo toMessage
      toMessageState validate withCost`,
    types: `
      AccumulateTextOptions AggregateUsageOptions AnswerSummary ApplyOptions ApprovalContext ArgumentsFormat AskModel
      BackoffOptions BlockEndEvent Breaker BreakerOptions BreakerPass BreakerState BufferToTextOptions CallDecision ChoiceFinish
      CitationEvent ConcurrencyLimiter ConcurrencyLimiterOptions ConcurrencySlot Confidence ContentEvent ContinueWith
      ConversationCommand ConversationConcurrency ConversationOptions ConversationState ConversationTurn Cost
      CountTokens DebugLogger Decision DecisionInput DeepPartial DeltaEvent Demand ErrorInfo Executor FallbackContext
      FallbackToOptions FileEvent FileReference FinishEvent FinishMetadata FinishReason HedgeOptions InvalidJsonElement
      JsonElement JsonElementsOptions JsonEvent JsonObject JsonOptions JsonPath JsonReadingOptions JsonSnapshot
      JsonValue LogprobsEvent MarkdownBlock MarkdownBlockKind MarkdownBlocksOptions MarkdownText MeasureStreamOptions
      Message MessagePart MessageState MessageStatus NativeFormat ParseErrorDetails ParseJsonOnCompleteOptions ParsedBy
      ParsedText Parser ParserObjection ParserRefusal ParserVerdict PartOrigin PartialJsonEventsOptions
      PartialJsonOptions PartialMessage PartialSource Phase PingEvent Price PricedRequest RateLimitOptions RateLimitTurn
      RateLimiter RateLimiterOptions RawEvent ReasoningDeltaEvent RefusalDeltaEvent RequestTraits RequestUsage
      ResetEvent ResponseHead RetryContext RetryNotice RetryStreamOptions RoundContext RunToolsOptions SentencesOptions
      ServiceErrorDetails ServiceErrorKind SmoothOptions SplitLinesOptions StandardSchema StartEvent StepEvent StepState
      StopContext StreamErrorDetails StreamErrorKind TakeWithinBudgetOptions TapStreamOptions TextDeltaEvent
      TextDeltasOptions TextUnit TimeoutLimits TimeoutPhase Timing TimingSettlement ToMessageOptions
      ToMessageStateOptions TokenCounter TokenStream Tool ToolApprovalEvent ToolCall ToolCallDeltaEvent ToolCallEndEvent
      ToolCallStartEvent ToolContext ToolErrorContext ToolResultEvent ToolState ToolStatus Tools Turn TurnPart Usage
      UsageEvent UsageSettlement ValidationIssue`,
  },
  'rxllm/openai': {
    file: 'src/providers/openai/index.ts',
    values: `
      assistantTurn chatMessages chatTools fromChatCompletions fromResponses responsesInput responsesTools`,
    types: `
      AssistantMessage ChatClient ChatContent ChatMessage ChatParams ChatTool RequestFunction ResponsesClient
      ResponsesContent ResponsesItem ResponsesOptions ResponsesParams ResponsesTool ResumeOptions SourceOptions`,
  },
  'rxllm/anthropic': {
    file: 'src/providers/anthropic/index.ts',
    values: 'assistantTurn fromMessages messagesParams messagesTools',
    types: `
      AssistantBlock AssistantTurn MessagesClient MessagesInput MessagesParams MessagesTool RequestFunction ShownBlock
      SourceOptions UserBlock UserTurn`,
  },
  'rxllm/testing': {
    file: 'src/testing/index.ts',
    values: `
      CassetteError ContractError MarbleMismatchError assertDeltas blockEnd cassette citation cutAfter deltaMarbles
      duplicateUsage failWith fakeProvider fakeTools file finish heartbeatOnly httpThenOk letters logprobs marbleLane
      marbles operatorContract ping raw reasoning rechunk recordCassette refusal replayCassette reset sourceContract
      splitBytes stallAfter start step storeContract streamOf text toMarbleDiagram toolApproval toolCallDelta toolCallEnd
      toolCallStart toolResult usage usageOf virtualTime`,
    types: `
      AnswerOptions CassetteOptions DefineTest DeltaMarbles EventFields EventLetters FailWithOptions FakeAttempt
      FakeProvider FakeRequest FakeToolCall FakeToolResult FakeTools Fault Fetch FetchFault HeartbeatOnlyOptions
      HttpThenOkOptions LaneMark LaneRun MarbleDiagramOptions MarbleHelpers MarbleLane MarbleStream
      OperatorContractOptions RecordCassetteOptions RecordedLane ReplayCassetteOptions SourceContractOptions
      StoreContractOptions StreamExpectation StreamOfOptions`,
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
  'rxllm/http': {
    file: 'src/http/index.ts',
    values: `
      agUi cancelResponse createEncoder fromHttpEvents fromServerSentEvents fromWire pipeToNode providerError readRunId
      readRunInput readUiMessages resumeResponse sse toResponse toSseMessages uiMessages`,
    types: `
      AgUiOptions ContentPlace EmitEvent EventStreamRequest EventWriter FromWireOptions HostOptions HttpEventLike
      JsonPath NodeResponse PayloadContext ProviderFormat ReconnectOptions ResumeRequest ResumeResponseOptions RunInput
      RunMessage RunResume RunToolCall SendRequest SourceOptions SseMessage UiMessagesOptions VariablePaths Wire
      WireDecoder WireEncoder WireEncoding WireProtocol WireRequest
      WireRequestOptions WriteData WrittenCall WrittenUsage`,
  },
  'rxllm/durable': {
    file: 'src/durable/index.ts',
    values: 'durable memoryStore persistTo resumeFrom',
    types: `
      ClaimResult DurableOptions MemoryStoreOptions Renewal ResumeFromOptions StreamClaim StreamEntry StreamSettlement
      StreamStore StreamTerminal`,
  },
  'rxllm/redis': {
    file: 'src/redis/index.ts',
    values: 'redisStore',
    types: 'RedisClient RedisCluster RedisSentinel RedisStoreOptions',
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
