/** What operators are for. An operator that is not listed is in the last group. */
export const operatorGroups: Readonly<Record<string, string>> = {
  Show: 'accumulateText batchFrames conversation markdownBlocks sentences smooth splitLines textDeltas toMessageState',
  Collect: 'bufferToText toMessage',
  Parse: 'jsonElements parseJsonOnComplete parseOnComplete parseToonOnComplete partialJson partialToolInput toonRows validate',
  Protect:
    'circuitBreaker fallbackTo hedge limitConcurrency rateLimit retryStream stopOn takeWithinBudget timeoutBetweenChunks applyOptions',
  Meter: 'aggregateUsage measureStream tapStream traceStream withCost',
  Share: 'ofEvent persistTo shareStream',
  Serve: 'fromHttpEvents toSseMessages',
  More: '',
};
