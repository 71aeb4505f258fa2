import { afterEach, describe, expect, it } from 'vitest';
import { type LocalProvider, localProvider } from '../examples/localProvider.js';
import { askByHttpAgent } from './clients/httpAgent.js';
import { askByUseChat } from './clients/useChat.js';

const question = 'What is the capital of France?';
const answer = 'Paris is the capital of France.';

describe('a front end of a peer before a server of ours', () => {
  let provider: LocalProvider | undefined;

  afterEach(() => provider?.stop());

  it('useChat shows the answer once, although the provider refused the first request', async () => {
    provider = await localProvider({ failures: [503] });
    const { role, parts } = await askByUseChat(question, provider.openai);
    expect(role).toBe('assistant');
    expect(parts.filter(({ type }) => type === 'text')).toMatchObject([{ text: answer, state: 'done' }]);
  });

  it('HttpAgent has the answer once, although the provider refused the first request', async () => {
    provider = await localProvider({ failures: [503] });
    const messages = await askByHttpAgent(question, provider.openai);
    expect(messages).toMatchObject([
      { role: 'user', content: question },
      { role: 'assistant', content: answer },
    ]);
  });
});
