/** The builders of events, under the name that expressions use for them: `testing.text('a')`. */
export * as testing from 'rxllm/testing';
